import { LRUCache } from 'lru-cache';
import { type Clock, Fault } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';

/** Addresses from which nobody signs in for a while, because somebody there guessed. */
export type BlockedAddresses = {
  isBlocked(address: string): boolean;
  /** Throws `limit_exceeded` while the address is kept out. */
  check(address: string): void;
  /** Keeps it out, where that is what the settings say; who tries meanwhile does not make it longer. */
  block(address: string): void;
};

type Deps = {
  readonly clock: Clock;
  /** How long; undefined: nobody is kept out, nor those who were. */
  readonly ms: () => number | undefined;
};

const MOST = 100_000;

export function createBlockedAddresses({ clock, ms }: Deps): BlockedAddresses {
  const until = new LRUCache<string, number>({ max: MOST });
  const left = (address: string): number => {
    const endsAt = ms() === undefined ? undefined : until.get(networkOf(address));
    return Math.max(0, (endsAt ?? 0) - clock.now());
  };
  return {
    isBlocked: address => left(address) > 0,
    check: address => {
      const retryAfterMs = left(address);
      if (retryAfterMs > 0) throw new Fault('limit_exceeded', { data: { retryAfterMs, of: 'address' } });
    },
    block: address => {
      const duration = ms();
      if (duration !== undefined && left(address) === 0)
        until.set(networkOf(address), clock.now() + duration);
    },
  };
}
