import type { Attributes, Span } from './span.ts';

/** Who the spans are of. */
export type Resource = { readonly serviceName: string; readonly version: string };

const KINDS: Readonly<Record<Span['kind'], number>> = { server: 2, client: 3 };
const STATUS_ERROR = 2;

/** 64-bit numbers are decimal strings in JSON (OTLP, "JSON Protobuf Encoding"). */
const nanos = (ms: number) => `${Math.round(ms * 1000)}000`;

function attributesOf(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [{ key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } }];
  });
}

function spanOf({ traceId, spanId, parentId, kind, name, from, to, attributes, isError }: Span) {
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanos(from),
    endTimeUnixNano: nanos(to),
    attributes: attributesOf(attributes),
    status: isError ? { code: STATUS_ERROR } : {},
  };
}

/** The body of one `ExportTraceServiceRequest`. */
export function toOtlp(spans: readonly Span[], { serviceName, version }: Resource): string {
  const resource = attributesOf({ 'service.name': serviceName, 'service.version': version });
  const scope = { name: 'authmcp-gateway', version };
  const scopeSpans = [{ scope, spans: spans.map(spanOf) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: resource }, scopeSpans }] });
}
