import { uuidv7 } from '../base/index.ts';
import type { Guarding } from '../catalogue/index.ts';
import type { Config } from '../config/index.ts';
import type { Detecting } from '../proxy/index.ts';
import type { Base } from './identity.ts';

/** What the settings, as they are now, say of each detector. */
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
