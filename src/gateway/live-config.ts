import { type Config, withStored } from '../config/index.ts';
import type { Live, Snapshot } from '../live/index.ts';

type Known = { readonly read: Config; readonly stored: Snapshot['settings']; readonly merged: Config };

/** The configuration as it is now: what was read last, and below it what administrators chose. */
export function createLiveConfig(live: Live, read: () => Config): () => Config {
  let known: Known | undefined;
  return () => {
    const { settings: stored } = live.current();
    const given = read();
    if (known?.read !== given || known.stored !== stored)
      known = { read: given, stored, merged: withStored(given, stored) };
    return known.merged;
  };
}
