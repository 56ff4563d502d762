import { LRUCache } from 'lru-cache';
import { type Clock, Fault } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';

/** An address that is kept out because somebody guessed there. */
export type CaughtAddress = { readonly address: string; readonly at: number; readonly endsAt: number };

/** Addresses from which nobody signs in for a while: somebody there guessed, or an administrator said so. */
export type BlockedAddresses = {
  isBlocked(address: string): boolean;
  /** Throws `limit_exceeded` while the address is kept out. */
  check(address: string): void;
  /** Keeps it out, where that is what the settings say; who tries meanwhile does not make it longer. */
  block(address: string): void;
  /** Those that guessed and are kept out, the latest first; none that an administrator named. */
  caught(): readonly CaughtAddress[];
  /** Lets in again who guessed. `false`: it was not kept out. */
  release(address: string): boolean;
};

type Deps = {
  readonly clock: Clock;
  /** How long; undefined: nobody who guesses is kept out, nor those who were. */
  readonly ms: () => number | undefined;
  /** Networks that administrators named, and until when. */
  readonly named?: () => ReadonlyMap<string, number>;
};

const MOST = 100_000;
const NONE: ReadonlyMap<string, number> = new Map();

export function createBlockedAddresses({ clock, ms, named = () => NONE }: Deps): BlockedAddresses {
  const guessed = new LRUCache<string, CaughtAddress>({ max: MOST });
  const lasts = (one: CaughtAddress | undefined): one is CaughtAddress =>
    one !== undefined && ms() !== undefined && one.endsAt > clock.now();
  const left = (address: string): number => {
    const network = networkOf(address);
    const one = guessed.get(network);
    const endsAt = Math.max(lasts(one) ? one.endsAt : 0, named().get(network) ?? 0);
    return Math.max(0, endsAt - clock.now());
  };
  return {
    isBlocked: address => left(address) > 0,
    check: address => {
      const retryAfterMs = left(address);
      if (retryAfterMs > 0) throw new Fault('limit_exceeded', { data: { retryAfterMs, of: 'address' } });
    },
    block: address => {
      const [duration, at] = [ms(), clock.now()];
      if (duration !== undefined && left(address) === 0)
        guessed.set(networkOf(address), { address, at, endsAt: at + duration });
    },
    caught: () => [...guessed.values()].filter(lasts),
    release: address => lasts(guessed.get(networkOf(address))) && guessed.delete(networkOf(address)),
  };
}
