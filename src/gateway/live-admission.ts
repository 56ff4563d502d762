import type { Config } from '../config/index.ts';
import { createAdmission, type Limits, type Usual } from '../proxy/index.ts';

type Admission = ReturnType<typeof createAdmission>;
type Deps = Parameters<typeof createAdmission>[1];

/** The limits of a configuration; what is not theirs to change at once stays as it was at the start. */
function limitsOf({ settings }: Config, atStart: Config): Limits {
  return {
    isEnabled: atStart.settings['rateLimit.enabled'],
    mcp: {
      max: settings['rateLimit.mcp.max'],
      window: settings['rateLimit.mcp.window'],
      burst: settings['rateLimit.mcp.burst'],
    },
    failed: {
      max: atStart.settings['rateLimit.failedAuth.max'],
      window: atStart.settings['rateLimit.failedAuth.window'],
    },
  };
}

function usualOf({ settings }: Config): Usual {
  return {
    client: settings['rateLimit.client.max'],
    key: settings['rateLimit.key.max'],
    server: settings['rateLimit.server.max'],
    windowS: settings['rateLimit.mcp.window'],
  };
}

/** What clients, keys and servers may use that have no limit of their own, as the settings say it now. */
export function createUsualLimits(configNow: () => Config): () => Usual {
  let seen: Config | undefined;
  let usual = usualOf(configNow());
  return () => {
    const next = configNow();
    if (next === seen) return usual;
    seen = next;
    const read = usualOf(next);
    if (JSON.stringify(read) !== JSON.stringify(usual)) usual = read;
    return usual;
  };
}

/** Admission by the limits as they are now. Open streams keep their places when these change; counts begin anew. */
export function createLiveAdmission(
  { config, configNow }: { readonly config: Config; readonly configNow: () => Config },
  deps: Deps,
): Admission {
  const first = createAdmission(limitsOf(config, config), deps);
  let seen = config;
  let limits = JSON.stringify(limitsOf(config, config));
  let admission = first;
  const now = (): Admission => {
    const next = configNow();
    if (next === seen) return admission;
    seen = next;
    const changed = JSON.stringify(limitsOf(next, config));
    if (changed !== limits) admission = createAdmission(limitsOf(next, config), deps);
    limits = changed;
    return admission;
  };
  return {
    seat: first.seat,
    admit: (caller, exchange, n) => now().admit(caller, exchange, n),
    weigh: (caller, exchange, bytes) => now().weigh(caller, exchange, bytes),
    enter: (call, plan) => now().enter(call, plan),
    settle: (caller, entry) => now().settle(caller, entry),
    // Not among what changes: who was refused is counted on.
    noteRefused: first.noteRefused,
  };
}
