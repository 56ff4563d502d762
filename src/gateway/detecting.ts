import { uuidv7 } from '../base/index.ts';
import type { Guarding } from '../catalogue/index.ts';
import type { Config, Settings } from '../config/index.ts';
import type { EventType } from '../ledger/index.ts';
import type { Detecting } from '../proxy/index.ts';
import type { Base } from './identity.ts';

type Attitude = Settings['detectors.brute_force'];
type Attitudes = { readonly [Type in EventType as `detectors.${Type}`]?: Attitude };

/** What is done about each type of event, as the settings are now. What merely happens is always told. */
export function createAttitudes(configNow: () => Config): (type: EventType) => Attitude {
  return type => {
    const attitudes: Attitudes = configNow().settings;
    return attitudes[`detectors.${type}`] ?? 'log';
  };
}

/** How long an address that guesses is kept out; undefined where that is only told. */
export function createBlocking(configNow: () => Config): () => number | undefined {
  return () => {
    const { settings } = configNow();
    return settings['detectors.brute_force'] === 'block'
      ? settings['detectors.blockMinutes'] * 60_000
      : undefined;
  };
}

/** What the settings, as they are now, say of each detector of payloads. */
export function createDetecting(configNow: () => Config): Detecting {
  return {
    attitude: detector => configNow().settings[`detectors.${detector}`],
    mostBytes: () => configNow().settings['detectors.oversizeBytes'],
  };
}

/** What is done about definitions. A tool that a detector switches off is off as if an administrator had done it. */
export function createGuarding({ configNow, store, clock, live }: Base): Guarding {
  return {
    attitude: detector => configNow().settings[`detectors.${detector}`],
    switchOff: async (server, tool, why) => {
      const at = clock.now();
      const by = `detector:${why}`;
      await store.access.switchTool({ server, name: tool }, false, { at, by });
      const after = JSON.stringify({ tools: { [tool]: false } });
      const row = { id: uuidv7(at), at, actor: by, action: 'server.tools', target: server };
      await store.addAudit({ ...row, before: undefined, after });
      await live.refresh();
    },
  };
}
