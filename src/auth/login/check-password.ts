import { type Clock, type Secret, toFault, type UserId } from '../../base/index.ts';
import type { Live } from '../../live/index.ts';
import type { Store, User } from '../../store/index.ts';
import type { Passwords } from '../passwords.ts';
import type { BlockedAddresses } from './blocked-addresses.ts';
import type { KnownBrowsers } from './known-browsers.ts';
import type { LoginEvents, Who } from './login-events.ts';
import type { LoginThrottle, Try } from './login-throttle.ts';

export type PasswordCheckDeps = {
  readonly store: Store;
  readonly live: Live;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  /** Without it no browser is known. */
  readonly browsers?: KnownBrowsers;
  /** Without it no address is kept out. */
  readonly blocked?: BlockedAddresses;
  /** Who hears of what failed. */
  readonly events?: LoginEvents;
};

export type Attempt = {
  readonly name: string;
  readonly password: Secret;
  readonly address: string;
  /** The `Cookie` header of a browser. */
  readonly cookies?: string | undefined;
} & Pick<Who, 'userAgent' | 'door'>;

/** The user, or undefined: why not is nobody's business. Throws `limit_exceeded` or `overloaded`. */
export type PasswordCheck = (attempt: Attempt) => Promise<User | undefined>;

const NOBODY = '00000000-0000-7000-8000-000000000000' as UserId;

/** Unknown and disabled users cost a lookup and a hash like any other, so that time tells nothing. */
export function createPasswordCheck({
  store,
  live,
  passwords,
  throttle,
  clock,
  browsers,
  blocked,
  events,
}: PasswordCheckDeps): PasswordCheck {
  const enter = (attempt: Try, who: Who): boolean => {
    try {
      if (attempt.browser === undefined) blocked?.check(attempt.address);
      return throttle.enter(attempt);
    } catch (thrown) {
      events?.throttled(who, toFault(thrown).data?.of);
      // Whose browser is known locks out nobody beside them.
      if (attempt.browser === undefined) blocked?.block(attempt.address);
      throw thrown;
    }
  };
  return async ({ password, cookies, ...who }) => {
    const { name, address } = who;
    const attempt = { account: name, address, browser: browsers?.known(cookies, name) };
    const isBesieged = enter(attempt, who);
    const user = await store.userByName(name);
    const hash = await store.passwordHashOf(user?.id ?? NOBODY);
    const isRight = await passwords.verify(user?.disabled ? undefined : hash, password);
    if (!user || !hash || !isRight) {
      events?.failed(who, user);
      if (isBesieged) events?.besieged(who, user);
      return undefined;
    }
    throttle.forgive(attempt);
    events?.passed(who, user);
    await store.noteLogin(user.id, clock.now());
    if (!passwords.isUpToDate(hash))
      await store.rehashPassword(user.id, hash, await passwords.hash(password));
    // Made a moment ago by another process: what the user gets now must count at once.
    if (!live.current().users.has(user.id)) await live.refresh();
    return user;
  };
}
