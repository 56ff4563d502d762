import { type Clock, Fault } from '../../base/index.ts';
import { type Buckets, createBuckets } from '../../shared/index.ts';

export type LoginThrottle = {
  /** Counts an attempt before it is judged, so that parallel guesses count; throws `limit_exceeded`. */
  enter(account: string, address: string): void;
  /** The attempt was right: it is not counted. */
  forgive(account: string, address: string): void;
};

type Rule = { readonly buckets: Buckets; readonly keyOf: (account: string, address: string) => string };

/**
 * Three limits on failed logins. One address gets five tries at one account and then two a minute, so it can never
 * use up the account's own hundred, and a name alone does not suffice to lock its owner out.
 */
export function createLoginThrottle(clock: Clock): LoginThrottle {
  const rules: readonly Rule[] = [
    {
      buckets: createBuckets({ capacity: 30, refillPerSecond: 0.5, clock }),
      keyOf: (_, address) => address,
    },
    {
      buckets: createBuckets({ capacity: 5, refillPerSecond: 1 / 30, clock }),
      keyOf: (account, address) => `${address} ${account.toLowerCase()}`,
    },
    {
      buckets: createBuckets({ capacity: 100, refillPerSecond: 1 / 6, clock }),
      keyOf: account => account.toLowerCase(),
    },
  ];
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
