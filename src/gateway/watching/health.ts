import type { Log } from '../../ledger/index.ts';
import { type Connections, CredentialWatch, HealthWatch, type Upstreams } from '../../upstream/index.ts';
import type { Base } from '../identity.ts';

type Way = { readonly upstreams: Upstreams; readonly connections: Connections; readonly log: Log };

/** Knows how the servers are, as often as the settings want, and which credentials for them end soon. */
export function buildHealth(base: Base, { upstreams, connections, log }: Way) {
  const { store, ledger, clock } = base;
  const { settings } = base.config;
  const times = {
    intervalMs: settings['health.intervalSeconds'] * 1000,
    timeoutMs: settings['health.timeoutSeconds'] * 1000,
    slowMs: settings['health.slowMs'],
  };
  const onProblem = (err: unknown): void =>
    log.error({ err }, 'the health of a server could not be looked at');
  const deps = { upstreams, store, ledger, clock, onProblem };
  return {
    health: new HealthWatch({ ...deps, times }),
    credentialWatch: new CredentialWatch({ ...deps, connections }),
  };
}
