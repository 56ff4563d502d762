import { Fault } from '../../base/index.ts';
import { header } from '../../http/index.ts';
import {
  encodeHeaderValue,
  isObject,
  isObjectAt,
  type Members,
  members,
  paramMatches,
  paramValue,
  type Splice,
  splice,
  type TraceContext,
  writeTraceparent,
} from '../../mcp/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';
import type { RequestCall } from '../call.ts';
import type { OnePlan } from '../route.ts';
import { inFront } from './with-meta.ts';

/** What goes to the server: the client's bytes with id, name and progress token swapped, and our own headers. */
export type Outgoing = {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  /** Our id towards the server. */
  readonly id: string;
  readonly progress: { readonly ours: string; readonly theirs: string } | undefined;
};

/** Of the client's own headers these alone cross. */
const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const;

function nameSplice(call: RequestCall, plan: OnePlan, at: Members): Splice | undefined {
  const { row, message } = call;
  const { original } = plan.target;
  if (row.by === 'ref') {
    const ref = at.get('ref');
    const inside = ref && members(message.bytes, ref.start);
    const range = inside?.get('name') ?? inside?.get('uri');
    return range && { ...range, text: JSON.stringify(original) };
  }
  const range = row.by === undefined ? undefined : at.get(row.by);
  if (!range || row.by === undefined || message.params[row.by] === original) return undefined;
  return { ...range, text: JSON.stringify(original) };
}

function progressSplice(
  call: RequestCall,
  at: Members,
  id: string,
): { readonly splice: Splice; readonly ours: string; readonly theirs: string } | undefined {
  const meta = at.get('_meta');
  if (!meta || !isObject(call.message.params._meta) || call.message.params._meta.progressToken === undefined)
    return undefined;
  const range = members(call.message.bytes, meta.start).get('progressToken');
  if (!range) return undefined;
  const ours = `${id}-p`;
  return {
    splice: { ...range, text: `"${ours}"` },
    ours,
    theirs: call.message.bytes.toString('utf8', range.start, range.end),
  };
}

function modernHeadersOf(call: RequestCall, plan: OnePlan): Record<string, string> {
  const { row, message, exchange, profile } = call;
  const headers: Record<string, string> = {
    'mcp-protocol-version': profile.revision,
    'mcp-method': message.method,
  };
  if (row.by !== undefined && row.by !== 'ref') headers['mcp-name'] = encodeHeaderValue(plan.target.original);
  if (call.from) return { ...headers, ...paramHeadersOf(call, plan) };
  for (const name of Object.keys(exchange.request.headers)) {
    if (name.startsWith('mcp-param-')) headers[name] = header(exchange.request, name) ?? '';
  }
  return headers;
}

/** The mirrored parameters of a call whose client knows of none. */
function paramHeadersOf({ message }: RequestCall, plan: OnePlan): Record<string, string> {
  const params = plan.target.traits?.paramHeaders;
  const headers: Record<string, string> = {};
  if (!params || params === 'invalid') return headers;
  for (const param of params) {
    const value = paramValue(param, message.params.arguments);
    if (value !== undefined) headers[`mcp-param-${param.header.toLowerCase()}`] = encodeHeaderValue(value);
  }
  return headers;
}

/** Mirrored parameters must say what the body says (2026-07-28 streamable-http, "Server Validation"). */
export function checkParamHeaders(call: RequestCall, plan: OnePlan): void {
  const params = plan.target.traits?.paramHeaders;
  if (!params || params === 'invalid' || call.profile.era !== 'modern' || call.from) return;
  for (const param of params) {
    const name = `mcp-param-${param.header.toLowerCase()}`;
    if (!paramMatches(param, header(call.exchange.request, name), call.message.params.arguments)) {
      throw new Fault('header_mismatch', {
        says: `Header mismatch: Mcp-Param-${param.header} does not equal the argument`,
      });
    }
  }
}

/** A member for `arguments`, in front of the others. */
function argumentSplice(
  call: RequestCall,
  at: Members,
  argument: { readonly name: string; readonly value: string },
): Splice | undefined {
  const args = at.get('arguments');
  if (!args || call.message.bytes[args.start] !== 0x7b) return undefined;
  const isEmpty = members(call.message.bytes, args.start).size === 0;
  const text = `${JSON.stringify(argument.name)}:${JSON.stringify(argument.value)}${isEmpty ? '' : ','}`;
  return { start: args.start + 1, end: args.start + 1, text };
}

/**
 * The span of this request as `_meta.traceparent`, in place of the client's or as a first member: what stands behind the
 * server belongs under it.
 */
function traceSplice({ message }: RequestCall, at: Members, traceparent: string): Splice | undefined {
  const { bytes, envelope } = message;
  const meta = at.get('_meta');
  const isMeta = isObjectAt(bytes, meta);
  const inside = isMeta ? members(bytes, meta.start) : undefined;
  const given = inside?.get('traceparent');
  if (given) return { ...given, text: `"${traceparent}"` };
  const member = `"traceparent":"${traceparent}"`;
  if (isMeta) return inFront(bytes, meta.start, member);
  const params = envelope.get('params');
  return params && meta === undefined ? inFront(bytes, params.start, `"_meta":{${member}}`) : undefined;
}

export type Added = {
  readonly argument?: { readonly name: string; readonly value: string } | undefined;
  /** The span of the request to the server. */
  readonly trace?: TraceContext | undefined;
};

/** Rewrites one request for the server that owns its target. Fault `header_mismatch` for a mirrored parameter. */
export function translate(
  call: RequestCall,
  plan: OnePlan,
  session: UpstreamSession | undefined,
  { argument, trace }: Added = {},
): Outgoing {
  checkParamHeaders(call, plan);
  const id = plan.upstream.leg.nextId();
  const idRange = call.message.envelope.get('id');
  const splices: Splice[] = idRange ? [{ ...idRange, text: `"${id}"` }] : [];
  const at = call.message.paramsAt;
  const name = at && nameSplice(call, plan, at);
  const progress = at && progressSplice(call, at, id);
  const added = at && argument && argumentSplice(call, at, argument);
  const traceparent = trace && writeTraceparent(trace);
  const traced = at && traceparent && traceSplice(call, at, traceparent);
  for (const one of [name, progress?.splice, added, traced]) if (one) splices.push(one);
  const headers: Record<string, string> = session ? { ...session.headers } : modernHeadersOf(call, plan);
  for (const trace of TRACE_HEADERS) {
    const value = header(call.exchange.request, trace);
    if (value !== undefined) headers[trace] = value;
  }
  if (traceparent) headers.traceparent = traceparent;
  const { bytes, method } = call.message;
  return { body: splice(bytes, splices), headers, method, id, progress };
}
