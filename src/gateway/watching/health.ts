import type { Log } from '../../ledger/index.ts';
import { HealthWatch, type Upstreams } from '../../upstream/index.ts';
import type { Base } from '../identity.ts';

/** Knows how the servers are, as often as the settings want. */
export function buildHealth({ config, store, ledger, clock }: Base, upstreams: Upstreams, log: Log) {
  const { settings } = config;
  const times = {
    intervalMs: settings['health.intervalSeconds'] * 1000,
    timeoutMs: settings['health.timeoutSeconds'] * 1000,
    slowMs: settings['health.slowMs'],
  };
  const onProblem = (err: unknown): void =>
    log.error({ err }, 'the health of a server could not be looked at');
  return new HealthWatch({ upstreams, store, ledger, clock, times, onProblem });
}
