import { type Clock, Fault } from '../../base/index.ts';
import { type Buckets, createBuckets } from '../../shared/index.ts';

export type LoginThrottle = {
  /** Counts an attempt before it is judged, so that parallel guesses count; throws `limit_exceeded`. */
  enter(account: string, address: string): void;
  /** The attempt was right: it is not counted. */
  forgive(account: string, address: string): void;
};

type Rule = { readonly buckets: Buckets; readonly keyOf: (account: string, address: string) => string };

/** Failed logins of one address at one account per window of seconds; `isEnabled: false` counts nothing. */
export type LoginLimit = { readonly isEnabled: boolean; readonly max: number; readonly window: number };

const DEFAULT: LoginLimit = { isEnabled: true, max: 5, window: 60 };

/**
 * Three limits on failed logins. One address may try one account less often than the account's own tries come back,
 * so it can never use those up, and a name alone does not suffice to lock its owner out.
 */
export function createLoginThrottle(clock: Clock, limit: LoginLimit = DEFAULT): LoginThrottle {
  const { isEnabled, max, window } = limit;
  const rule = (capacity: number, perWindow: number, keyOf: Rule['keyOf']): Rule => ({
    buckets: createBuckets({ capacity, refillPerSecond: perWindow / window, clock }),
    keyOf,
  });
  const all = [
    rule(6 * max, 6 * max, (_, address) => address),
    rule(max, max, (account, address) => `${address} ${account.toLowerCase()}`),
    rule(20 * max, 2 * max, account => account.toLowerCase()),
  ];
  const rules = isEnabled ? all : [];
  const giveBack = (taken: readonly Rule[], account: string, address: string) => {
    for (const { buckets, keyOf } of taken) buckets.give(keyOf(account, address));
  };
  return {
    enter: (account, address) => {
      for (const [at, { buckets, keyOf }] of rules.entries()) {
        const taken = buckets.take(keyOf(account, address));
        if (taken.ok) continue;
        giveBack(rules.slice(0, at), account, address);
        throw new Fault('limit_exceeded', { data: { retryAfterMs: taken.retryAfterMs } });
      }
    },
    forgive: (account, address) => giveBack(rules, account, address),
  };
}
