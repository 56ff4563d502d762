import { readdirSync } from 'node:fs';
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Reading, Sample } from '../../ledger/index.ts';
import type { Upstream } from '../../upstream/index.ts';
import type { Path } from '../path.ts';

type Samples = readonly Sample[];

const gauge = (name: string, help: string, read: Reading['read']): Reading => ({
  ...{ name, help, read },
  type: 'gauge',
});
const counter = (name: string, help: string, read: Reading['read']): Reading => ({
  ...{ name, help, read },
  type: 'counter',
});

const STATES = ['online', 'degraded', 'down', 'parked', 'unknown'] as const;
const UP: readonly string[] = ['online', 'degraded'];

/** Servers and what they have now: of one with an account for each person, all of them together. */
function serverReadings({ upstreams, health, supervisor }: Path): readonly Reading[] {
  const perServer = (read: (ways: readonly Upstream[]) => number): Samples => {
    const people = Map.groupBy(upstreams.ofPeople(), ({ entry }) => entry.name);
    return upstreams
      .all()
      .map(one => [{ server: one.entry.name }, read([one, ...(people.get(one.entry.name) ?? [])])] as const);
  };
  const sum = (read: (one: Upstream) => number): Samples =>
    perServer(ways => ways.reduce((all, one) => all + read(one), 0));
  const stateOf = ({ entry }: Upstream) => health.of(entry.name)?.state ?? 'unknown';
  return [
    gauge('authmcp_server_up', 'Whether the server answers; absent while it is not known.', () =>
      upstreams.all().flatMap(one => {
        const state = stateOf(one);
        return state === 'unknown' ? [] : [[{ server: one.entry.name }, UP.includes(state) ? 1 : 0] as const];
      }),
    ),
    gauge('authmcp_server_health', 'How the server is: one of the states is 1.', () =>
      upstreams.all().flatMap(one => {
        const now = stateOf(one);
        return STATES.map(state => [{ server: one.entry.name, state }, state === now ? 1 : 0] as const);
      }),
    ),
    gauge('authmcp_server_breaker_open', 'Whether calls to the server fail at once for a while.', () =>
      perServer(ways => (ways.some(({ leg }) => leg.isPaused) ? 1 : 0)),
    ),
    gauge('authmcp_server_calls', 'Calls that the server has now.', () =>
      sum(({ leg }) => leg.running.calls),
    ),
    gauge('authmcp_server_streams', 'Streams of the server, and calls that wait for people.', () =>
      sum(({ leg }) => leg.running.streams),
    ),
    gauge('authmcp_server_sessions', 'Sessions that are open at the server.', () => sum(one => one.sessions)),
    gauge('authmcp_server_processes', 'Programs that run as servers.', () => supervisor.size),
  ];
}

function clientReadings(path: Path): readonly Reading[] {
  return [
    gauge('authmcp_calls', 'Calls of clients that run now.', () => path.inFlight.calls),
    gauge('authmcp_calls_parked', 'Calls that wait for their clients to come back.', () => path.parked.size),
    gauge('authmcp_client_sessions', 'Open sessions of clients.', () => path.sessions.size),
    gauge('authmcp_client_streams', 'Streams that are open towards clients.', () => path.streams.size),
    gauge('authmcp_recordings', 'Streams that are kept to be gone on with.', () => path.recordings.size),
    gauge('authmcp_recordings_bytes', 'What is kept of them.', () => path.recordings.bytes),
    gauge('authmcp_ledger_queued', 'Entries that wait to be written.', () => path.ledger.queued),
    counter('authmcp_ledger_dropped_total', 'Rows that could not be written.', () => path.ledger.dropped),
  ];
}

/** Where the system tells: Linux. */
function openFiles(): Samples {
  try {
    return [[{}, readdirSync('/proc/self/fd').length]];
  } catch {
    return [];
  }
}

/** By the names that client libraries of Prometheus have for them. */
function processReadings(): { readings: readonly Reading[]; stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  const startedAt = (Date.now() - process.uptime() * 1000) / 1000;
  const readings = [
    counter('process_cpu_seconds_total', 'Processor time.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
    gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'Since when it runs.', () => startedAt),
    gauge('process_open_fds', 'Open files and sockets.', openFiles),
    gauge('nodejs_heap_size_used_bytes', 'What its objects take.', () => process.memoryUsage().heapUsed),
    gauge('nodejs_eventloop_lag_seconds', 'How late timers are since the last look, at most.', () => {
      const seconds = Math.max(0, delay.max - 20e6) / 1e9;
      delay.reset();
      return seconds;
    }),
    gauge('nodejs_eventloop_utilization', 'How busy it was since the last look, of 1.', () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    }),
  ];
  return { readings, stop: () => delay.disable() };
}

type About = { readonly version: string; readonly commit: string | undefined };

/** What `/metrics` tells besides what the ledger counts. Returns the way to stop. */
export function registerMetrics(path: Path, { version, commit = '' }: About): () => void {
  const { readings, stop } = processReadings();
  const build = gauge('authmcp_build_info', 'The version that runs.', () => [[{ version, commit }, 1]]);
  path.ledger.metrics.reading(build, ...serverReadings(path), ...clientReadings(path), ...readings);
  return stop;
}
