import { type ServerName, uuidv7 } from '../base/index.ts';
import type { Blockable, Guarding } from '../catalogue/index.ts';
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

function withhold(
  { access }: Base['store'],
  server: ServerName,
  what: Blockable,
  doing: Parameters<typeof access.withhold>[2],
): Promise<void> {
  const { kind, name } = what;
  if (kind === 'tool') return access.switchTool({ server, name }, false, doing);
  return access.withhold(kind === 'prompt' ? { server, kind, name } : { server, kind }, true, doing);
}

/** As it stands in the log of changes. */
function saying({ kind, name }: Blockable) {
  if (kind === 'instructions') return { instructions: false };
  return { [kind === 'tool' ? 'tools' : 'prompts']: { [name]: false } };
}

/** What is done about definitions. What a detector keeps from everybody is as if an administrator had done it. */
export function createGuarding({ configNow, store, clock, live }: Base): Guarding {
  return {
    attitude: detector => configNow().settings[`detectors.${detector}`],
    switchOff: async (server, what, why) => {
      const at = clock.now();
      const by = `detector:${why}`;
      await withhold(store, server, what, { at, by });
      const after = JSON.stringify(saying(what));
      const row = { id: uuidv7(at), at, actor: by, action: 'server.tools', target: server };
      await store.addAudit({ ...row, before: undefined, after });
      await live.refresh();
    },
  };
}
