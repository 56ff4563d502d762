import { type Clock, Fault } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';
import { createBuckets } from '../../shared/index.ts';
import { nameKeyOf } from '../../store/index.ts';
import { type BackOff, createBackOff } from './back-off.ts';

/** Who tries at what. */
export type Try = {
  readonly account: string;
  readonly address: string;
  /** What names the browser, where the account was signed in to in it before. */
  readonly browser?: string | undefined;
};

export type LoginThrottle = {
  /**
   * Counts a try before it is judged, so that parallel guesses count; throws `limit_exceeded`, whose data tell of what
   * there were too many. `true`: it is let in while many addresses try this account.
   */
  enter(attempt: Try): boolean;
  /** The try was right: it is not counted. */
  forgive(attempt: Try): void;
};

/** Failed logins of one address at one account per window of seconds; `isEnabled: false` counts nothing. */
export type LoginLimit = { readonly isEnabled: boolean; readonly max: number; readonly window: number };

const DEFAULT: LoginLimit = { isEnabled: true, max: 5, window: 60 };

/** The longest that anybody waits for the next try. */
const LONGEST_MS = 300_000;

type Rules = Pick<LoginThrottle, 'enter' | 'forgive'>;

/** Of what there were too many tries. */
export type Crowd = 'address' | 'account' | 'address_at_account' | 'browser';

function refuse(retryAfterMs: number, of: Crowd): void {
  if (retryAfterMs > 0) throw new Fault('limit_exceeded', { data: { retryAfterMs, of } });
}

function createRules(clock: Clock, { max, window }: LoginLimit): Rules {
  const buckets = (capacity: number, perWindow: number) =>
    createBuckets({ capacity, refillPerSecond: perWindow / window, clock });
  const waits = (free: number, firstMs: number): BackOff =>
    createBackOff({ free, firstMs, longestMs: LONGEST_MS, clock });
  const addresses = buckets(6 * max, 6 * max);
  const accounts = buckets(20 * max, 2 * max);
  const pairs = waits(max, (window * 1000) / max);
  const browsers = waits(max, (window * 1000) / max);
  /** While many addresses try one account, each of them has one try. */
  const besiegers = waits(1, LONGEST_MS);
  const keysOf = ({ account, address, browser }: Try) => {
    const [name, network] = [nameKeyOf(account), networkOf(address)];
    return { name, network, pair: `${network} ${name}`, own: browser && `${browser} ${name}` };
  };
  const enterFromAnywhere = ({ name, network, pair }: ReturnType<typeof keysOf>): boolean => {
    refuse(pairs.wait(pair), 'address_at_account');
    const taken = addresses.take(network);
    if (!taken.ok) refuse(taken.retryAfterMs, 'address');
    const isBesieged = !accounts.take(name).ok;
    if (isBesieged) {
      const wait = besiegers.wait(pair);
      if (wait > 0) addresses.give(network);
      refuse(wait, 'account');
      besiegers.count(pair);
    }
    pairs.count(pair);
    return isBesieged;
  };
  return {
    enter: attempt => {
      const keys = keysOf(attempt);
      if (keys.own === undefined) return enterFromAnywhere(keys);
      refuse(browsers.wait(keys.own), 'browser');
      browsers.count(keys.own);
      return false;
    },
    forgive: attempt => {
      const { name, network, pair, own } = keysOf(attempt);
      if (own !== undefined) return browsers.forget(own);
      addresses.give(network);
      accounts.give(name);
      pairs.forget(pair);
      besiegers.forget(pair);
    },
  };
}

/**
 * Limits on failed logins: of one address at one account, with waits that grow; of one address at all accounts; and
 * of all addresses at one account, beyond which each has one try. None of them locks a person out: a browser in
 * which they were signed in before has tries of its own, and elsewhere there is always that one.
 */
export function createLoginThrottle(clock: Clock, limit: () => LoginLimit = () => DEFAULT): LoginThrottle {
  let built: { readonly of: LoginLimit; readonly rules: Rules } | undefined;
  const rules = (): Rules | undefined => {
    const now = limit();
    if (!now.isEnabled) return undefined;
    if (built?.of.max !== now.max || built.of.window !== now.window)
      built = { of: now, rules: createRules(clock, now) };
    return built.rules;
  };
  return {
    enter: attempt => rules()?.enter(attempt) ?? false,
    forgive: attempt => rules()?.forgive(attempt),
  };
}
