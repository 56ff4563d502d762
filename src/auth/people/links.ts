import { type Clock, type GroupId, Secret, type UserId, uuidv7 } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type Buckets, createBuckets } from '../../shared/index.ts';
import type { Invited, PersonLink, Role, Store, User } from '../../store/index.ts';
import type { BlockedAddresses } from '../login/blocked-addresses.ts';
import { hashLinkToken, makeLinkToken } from './link-token.ts';

type Kind = PersonLink['kind'];

/** Who makes a link: `id` is the administrator, undefined for the command line. */
export type Maker = { readonly id: UserId | undefined; readonly name: string };

export type Invitation = {
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly fullName: string | undefined;
  readonly role: Role;
  readonly groups: readonly GroupId[];
};

export type MadeLink = {
  readonly id: string;
  /** Holds the token in its fragment, which no server and no log ever sees. */
  readonly url: Secret;
  readonly expiresAt: number;
};

export type LinkRefusal = 'wrong_token' | 'too_many';

export type Links = {
  invite(invitation: Invitation, maker: Maker): Promise<MadeLink>;
  /** Replaces the one before it. */
  reset(user: UserId, maker: Maker): Promise<MadeLink>;
  /** Makes the person whom `describe` gives, once. Ten wrong tokens per address end the trying. */
  accept(
    token: Secret,
    describe: () => Promise<Invited>,
    address: string,
  ): Promise<User | LinkRefusal | 'name_taken' | 'email_taken'>;
  /** The password that `hash` gives; whatever the former one opened ends. */
  redeem(token: Secret, hash: () => Promise<string>, address: string): Promise<User | LinkRefusal>;
};

export type LinksDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly origin: () => string;
  readonly ledger?: Pick<Ledger, 'event'>;
  /** Without it no address is kept out. */
  readonly blocked?: BlockedAddresses;
};

const TTL_MS = 24 * 3_600_000;
const WRONG_ONES = 10;
const PER_MS = 30 * 60_000;

const BLANK: Invitation = {
  name: undefined,
  email: undefined,
  fullName: undefined,
  role: 'user',
  groups: [],
};

class PersonLinks implements Links {
  readonly #deps: LinksDeps;
  readonly #wrong: Buckets;

  constructor(deps: LinksDeps) {
    this.#deps = deps;
    const refillPerSecond = (WRONG_ONES * 1000) / PER_MS;
    this.#wrong = createBuckets({ capacity: WRONG_ONES, refillPerSecond, clock: deps.clock });
  }

  invite(invitation: Invitation, maker: Maker): Promise<MadeLink> {
    return this.#make('invite', { ...invitation, userId: undefined }, maker);
  }

  reset(userId: UserId, maker: Maker): Promise<MadeLink> {
    return this.#make('reset', { ...BLANK, userId }, maker);
  }

  accept(
    token: Secret,
    describe: () => Promise<Invited>,
    address: string,
  ): Promise<User | LinkRefusal | 'name_taken' | 'email_taken'> {
    const { store, clock } = this.#deps;
    return this.#tryOnce('invite', address, async () => {
      const link = await this.#find('invite', token);
      if (!link) return 'wrong_token';
      const person = await describe();
      const { email = link.email, fullName = link.fullName } = person;
      // What the administrator did not write is what the person says of themselves.
      const described = { ...person, email, fullName, isEmailClaimed: email !== link.email };
      const made = await store.links.acceptInvite(link.hash, described, clock.now());
      if (typeof made !== 'string')
        await this.#audit({ action: 'user.create', address }, made, {
          role: made.role,
          invited_by: link.maker,
        });
      return made;
    });
  }

  redeem(token: Secret, hash: () => Promise<string>, address: string): Promise<User | LinkRefusal> {
    const { store, clock } = this.#deps;
    return this.#tryOnce('reset', address, async () => {
      const link = await this.#find('reset', token);
      if (!link) return 'wrong_token';
      const user = await store.links.acceptReset(link.hash, await hash(), clock.now());
      if (typeof user !== 'string')
        await this.#audit({ action: 'user.passwd', address }, user, { link_by: link.maker });
      return user;
    });
  }

  async #make(
    kind: Kind,
    whose: Invitation & { readonly userId: UserId | undefined },
    maker: Maker,
  ): Promise<MadeLink> {
    const { store, clock, origin } = this.#deps;
    const [token, now] = [makeLinkToken(), clock.now()];
    const [id, expiresAt] = [uuidv7(now), now + TTL_MS];
    const { name, email, fullName, role, groups, userId } = whose;
    const described = { name, email, fullName, role, groups, userId };
    const by = { madeBy: maker.id, maker: maker.name };
    await store.links.add({
      id,
      kind,
      hash: hashLinkToken(token),
      ...described,
      ...by,
      createdAt: now,
      expiresAt,
    });
    return { id, url: new Secret(`${origin()}/${kind}#${token}`), expiresAt };
  }

  #find(kind: Kind, token: Secret): Promise<PersonLink | undefined> {
    return this.#deps.store.links.find(kind, hashLinkToken(token.reveal()), this.#deps.clock.now());
  }

  /** Only who holds a token costs more than a look. */
  async #tryOnce<T>(kind: Kind, address: string, work: () => Promise<T>): Promise<T | 'too_many'> {
    const { ledger, blocked } = this.#deps;
    const network = networkOf(address);
    if (blocked?.isBlocked(address) || !this.#wrong.take(network).ok) {
      const detail = { door: kind, of: 'address' };
      ledger?.event({ type: 'brute_force', severity: 'high', address, detail });
      blocked?.block(address);
      return 'too_many';
    }
    const outcome = await work();
    if (outcome === 'wrong_token')
      ledger?.event({ type: 'auth_failed', severity: 'medium', address, detail: { door: kind } });
    else this.#wrong.give(network);
    return outcome;
  }

  async #audit(
    { action, address }: { readonly action: string; readonly address: string },
    user: User,
    after: object,
  ): Promise<void> {
    const { store, clock, ledger } = this.#deps;
    const at = clock.now();
    const actor = `link:${user.name}`;
    const row = { id: uuidv7(at), at, actor, address, action, target: user.name };
    await store.addAudit({ ...row, before: undefined, after: JSON.stringify(after) });
    const detail = { actor, action, target: user.name };
    ledger?.event({ type: 'admin_action', severity: 'medium', principal: user.id, address, detail });
  }
}

/** Links by which a person comes in, once: 130 bits, 24 hours, kept as a hash (C19). */
export function createLinks(deps: LinksDeps): Links {
  return new PersonLinks(deps);
}
