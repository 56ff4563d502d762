import { Histogram } from './histogram.ts';
import { head, labelled } from './text.ts';

/** Labels beyond this many combinations are counted as `other`: a stranger must not fill the memory. */
const MAX_SERIES = 5000;

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** What is read when somebody asks. */
export type Reading = {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** One number, or one for each combination of labels. */
  readonly read: () => number | readonly Sample[];
};

/** Things that are counted as they happen, by labels of few values. */
class Counts {
  readonly #counts = new Map<string, Sample>();

  add(labels: Readonly<Record<string, string>>): void {
    const key = Object.values(labels).join(' ');
    this.#counts.set(key, [labels, (this.#counts.get(key)?.[1] ?? 0) + 1]);
  }

  get samples(): readonly Sample[] {
    return [...this.#counts.values()];
  }
}

/**
 * Counters of the path, in the Prometheus text format. Ours, because a general library hashes label objects on each
 * increment, and this is done for each call.
 */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Histogram('method');
  readonly #upstream = new Histogram('server');
  readonly #events = new Counts();
  readonly #signIns = new Counts();
  readonly #readings: Reading[] = [
    {
      name: 'authmcp_events_total',
      help: 'Events of the ledger, by type and severity.',
      type: 'counter',
      read: () => this.#events.samples,
    },
    {
      name: 'authmcp_sign_ins_total',
      help: 'Sign-ins, tokens given and the like, and whether they went well.',
      type: 'counter',
      read: () => this.#signIns.samples,
    },
  ];

  reading(...readings: readonly Reading[]): void {
    this.#readings.push(...readings);
  }

  /** One request, closed. Times in milliseconds. */
  request(row: {
    method: string;
    server: string;
    outcome: string;
    ms: number;
    upstreamMs: number | undefined;
  }): void {
    const key = `${row.method} ${row.server} ${row.outcome}`;
    const known = this.#requests.get(key);
    if (known === undefined && this.#requests.size >= MAX_SERIES) this.#count('other none other');
    else this.#requests.set(key, (known ?? 0) + 1);
    this.#durations.observe(row.method, row.ms / 1000);
    if (row.upstreamMs !== undefined) this.#upstream.observe(row.server, row.upstreamMs / 1000);
  }

  event(type: string, severity: string): void {
    this.#events.add({ type, severity });
  }

  signIn(type: string, isOk: boolean): void {
    this.#signIns.add({ type, ok: String(isOk) });
  }

  #count(key: string): void {
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  text(): string {
    const lines = head('authmcp_requests_total', 'counter', 'Requests of MCP clients.');
    for (const [key, count] of this.#requests) {
      const [method = '', server = '', outcome = ''] = key.split(' ');
      lines.push(`${labelled('authmcp_requests_total', { method, server, outcome })} ${count}`);
    }
    lines.push(
      ...head('authmcp_request_seconds', 'histogram', 'From arrival to the end of the answer.'),
      ...this.#durations.lines('authmcp_request_seconds'),
      ...head('authmcp_upstream_seconds', 'histogram', 'What the server took of it.'),
      ...this.#upstream.lines('authmcp_upstream_seconds'),
    );
    for (const { name, help, type, read } of this.#readings) {
      const found = read();
      const samples: readonly Sample[] = typeof found === 'number' ? [[{}, found]] : found;
      lines.push(...head(name, type, help));
      for (const [labels, value] of samples) lines.push(`${labelled(name, labels)} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
