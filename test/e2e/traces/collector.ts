import { readBody, type Served, serve } from '../../fixtures/serve.ts';

export type SeenSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly ms: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
};

export type Collector = {
  readonly origin: string;
  readonly spans: SeenSpan[];
  readonly headers: Record<string, unknown>[];
  /** How many batches came. */
  batches: number;
  /** How it answers: `hangs` never. */
  mood: 'takes' | 'fails' | 'hangs';
  readonly close: () => Promise<void>;
};

type Value = { readonly stringValue?: string; readonly intValue?: string };
type Attribute = { readonly key: string; readonly value: Value };
type Sent = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
};

const textOf = ({ stringValue, intValue }: Value) => stringValue ?? Number(intValue);
const named = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, textOf(value)]));

function seen({ startTimeUnixNano, endTimeUnixNano, ...span }: Sent): SeenSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    ms: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
    isError: span.status.code === 2,
    attributes: named(span.attributes),
  };
}

/** Takes OTLP/HTTP as JSON, and reads it as its definition says. */
export async function startCollector(): Promise<Collector> {
  const collector = {
    spans: [] as SeenSpan[],
    headers: [] as Record<string, unknown>[],
    batches: 0,
    mood: 'takes' as Collector['mood'],
  };
  const served: Served = await serve(async (request, response) => {
    const body = await readBody(request);
    collector.batches++;
    if (collector.mood === 'hangs') return;
    if (collector.mood === 'fails') return void response.writeHead(500).end('no');
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/json')
      return void response.writeHead(404).end();
    collector.headers.push(request.headers);
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      const of = named(resource.attributes);
      for (const { spans } of scopeSpans)
        for (const span of spans as readonly Sent[]) {
          const { attributes, ...rest } = seen(span);
          collector.spans.push({ ...rest, attributes: { ...of, ...attributes } });
        }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return Object.assign(collector, { origin: served.origin, close: served.close });
}
