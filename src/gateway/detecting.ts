import type { Config } from '../config/index.ts';
import type { Detecting } from '../proxy/index.ts';

/** What the settings, as they are now, say of each detector. */
export function createDetecting(configNow: () => Config): Detecting {
  return {
    attitude: detector => configNow().settings[`detectors.${detector}`],
    mostBytes: () => configNow().settings['detectors.oversizeBytes'],
  };
}
