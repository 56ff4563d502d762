const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

class Histogram {
  readonly #counts = new Uint32Array(BOUNDS.length + 1);
  #sum = 0;
  #count = 0;

  observe(seconds: number): void {
    let i = 0;
    while (i < BOUNDS.length && seconds > (BOUNDS[i] ?? 0)) i++;
    this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    this.#sum += seconds;
    this.#count++;
  }

  lines(name: string, labels: string): string[] {
    let below = 0;
    const out = BOUNDS.map((bound, i) => {
      below += this.#counts[i] ?? 0;
      return `${name}_bucket{${labels}le="${bound}"} ${below}`;
    });
    const bare = labels.replace(/,$/, '');
    out.push(
      `${name}_bucket{${labels}le="+Inf"} ${this.#count}`,
      `${name}_sum{${bare}} ${this.#sum}`,
      `${name}_count{${bare}} ${this.#count}`,
    );
    return out;
  }
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, found => (found === '\n' ? '\\n' : `\\${found}`));
}

/** Labels beyond this many combinations are counted as `other`: a stranger must not fill the memory. */
const MAX_SERIES = 5000;

type Gauge = { readonly name: string; readonly help: string; readonly read: () => number };

/**
 * Counters of the path, in the Prometheus text format. Ours, because a general library hashes label objects on each
 * increment, and this is done for each call.
 */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #upstream = new Map<string, Histogram>();
  readonly #gauges: Gauge[] = [];

  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.push({ name, help, read });
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
    histogramOf(this.#durations, row.method).observe(row.ms / 1000);
    if (row.upstreamMs !== undefined) histogramOf(this.#upstream, row.server).observe(row.upstreamMs / 1000);
  }

  #count(key: string): void {
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  text(): string {
    const lines = [
      '# HELP authmcp_requests_total Requests of MCP clients.',
      '# TYPE authmcp_requests_total counter',
    ];
    for (const [key, count] of this.#requests) {
      const [method = '', server = '', outcome = ''] = key.split(' ').map(escapeLabel);
      lines.push(
        `authmcp_requests_total{method="${method}",server="${server}",outcome="${outcome}"} ${count}`,
      );
    }
    lines.push(
      '# HELP authmcp_request_seconds From arrival to the end of the answer.',
      '# TYPE authmcp_request_seconds histogram',
    );
    for (const [method, histogram] of this.#durations)
      lines.push(...histogram.lines('authmcp_request_seconds', `method="${escapeLabel(method)}",`));
    lines.push(
      '# HELP authmcp_upstream_seconds What the server took of it.',
      '# TYPE authmcp_upstream_seconds histogram',
    );
    for (const [server, histogram] of this.#upstream)
      lines.push(...histogram.lines('authmcp_upstream_seconds', `server="${escapeLabel(server)}",`));
    for (const { name, help, read } of this.#gauges)
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`);
    return `${lines.join('\n')}\n`;
  }
}

function histogramOf(histograms: Map<string, Histogram>, key: string): Histogram {
  let histogram = histograms.get(key);
  if (!histogram) {
    histogram = new Histogram();
    histograms.set(key, histogram);
  }
  return histogram;
}
