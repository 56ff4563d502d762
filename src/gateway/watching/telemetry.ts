import type { Settings } from '../../config/index.ts';
import { type Egress, fetchDocument } from '../../http/index.ts';
import { type Ledger, type Log, SpanExporter, Tracer } from '../../ledger/index.ts';

/** How long a collector has for one batch, and for the last ones when the gateway stops. */
const SEND_MS = 10_000;
const CLOSE_MS = 2_000;
const ANSWER_BYTES = 64 * 1024;
/** A collector that is gone is not complained about all the time. */
const QUIET_MS = 60_000;

export type Telemetry = { readonly tracer: Tracer; close(): Promise<void> };

type Deps = { readonly egress: Egress; readonly ledger: Ledger; readonly log: Log; readonly version: string };

/** `/v1/traces` below the endpoint (OTLP exporter, "Endpoint URLs for OTLP/HTTP"). */
function urlOf(endpoint: string): URL {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}

/** `name=value` pairs, percent-encoded as baggage is (OTLP exporter, "Specifying headers via environment variables"). */
function headersOf(settings: Settings): Record<string, string> {
  const pairs = settings['otel.headers']?.reveal().split(',') ?? [];
  const read = pairs.map(pair => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim().toLowerCase(), decode(pair.slice(at + 1).trim())] as const;
  });
  return Object.fromEntries(read);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function sender(url: URL, headers: Record<string, string>, { egress, log }: Deps) {
  let complainedAt = Number.NEGATIVE_INFINITY;
  return async (body: string): Promise<boolean> => {
    const fetched = await fetchDocument(egress, {
      ...{ url, method: 'POST', body, maxBytes: ANSWER_BYTES, ms: SEND_MS },
      headers: { ...headers, 'content-type': 'application/json' },
      // Whoever runs the machine named it.
      isPrivateAllowed: true,
    });
    const isTaken = fetched.ok && fetched.status >= 200 && fetched.status < 300;
    if (isTaken || performance.now() - complainedAt < QUIET_MS) return isTaken;
    complainedAt = performance.now();
    const why = fetched.ok ? fetched.status : fetched.why;
    log.warn({ why, collector: url.origin }, 'the collector does not take traces');
    return false;
  };
}

/** Traces for a collector, where one is configured. */
export function buildTelemetry(settings: Settings, deps: Deps): Telemetry | undefined {
  const endpoint = settings['otel.endpoint'];
  if (endpoint === undefined) return undefined;
  const exporter = new SpanExporter({
    resource: { serviceName: settings['otel.serviceName'], version: deps.version },
    send: sender(urlOf(endpoint), headersOf(settings), deps),
  });
  const tracer = new Tracer({ exporter, ratio: settings['otel.sampleRatio'] });
  const { metrics } = deps.ledger;
  metrics.reading({
    name: 'authmcp_traces_dropped_total',
    help: 'Spans that the collector did not take.',
    type: 'counter',
    read: () => exporter.dropped,
  });
  const release = deps.ledger.onEntry(row => tracer.end(row));
  return {
    tracer,
    close: async () => {
      release();
      await exporter.close(CLOSE_MS);
    },
  };
}
