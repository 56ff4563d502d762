import { randomUUID } from 'node:crypto';
import { Fault } from '../../base/index.ts';
import {
  isObject,
  isObjectAt,
  META,
  type Members,
  members,
  type Params,
  rebuild,
  splice,
} from '../../mcp/index.ts';

/** Errors that have another code in the other era. What is not in a table keeps its code. */
const TO_MODERN: ReadonlyMap<number, number> = new Map([
  // 2026-07-28 server/resources, "Error Handling", and basic, "Error Codes": neither may be emitted any more.
  [-32002, -32602],
  [-32042, -32603],
  // Codes of sessions and transports mean nothing to a client that has neither.
  [-32000, -32603],
  [-32001, -32603],
]);
const NOT_FOUND = -32601;

type ErrorBody = {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
  /** As the server wrote it. */
  readonly dataText?: string | undefined;
};

export type ModernWords = { readonly method: string; readonly serverInfo: Params; readonly uri: unknown };

function errorOf(json: Buffer, at: Members): ErrorBody | undefined {
  const range = at.get('error');
  if (!isObjectAt(json, range)) return undefined;
  const value: unknown = JSON.parse(json.toString('utf8', range.start, range.end));
  if (!isObject(value)) return undefined;
  const message = typeof value.message === 'string' ? value.message : '';
  const data = members(json, range.start).get('data');
  const dataText = data && json.toString('utf8', data.start, data.end);
  return { code: typeof value.code === 'number' ? value.code : -32603, message, data: value.data, dataText };
}

function idOf(json: Buffer, at: Members): string {
  const range = at.get('id');
  return range ? json.toString('utf8', range.start, range.end) : 'null';
}

function errorAnswer(idText: string, { code, message, data, dataText }: ErrorBody): Buffer {
  const text = dataText ?? JSON.stringify(data);
  const head = `{"code":${code},"message":${JSON.stringify(message)}`;
  const error = text === undefined ? `${head}}` : `${head},"data":${text}}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${error}}`);
}

/** One more member, in front of the object's own; one that is there already is replaced. */
function put(json: Buffer, start: number, more: Readonly<Record<string, string>>): Buffer {
  const at = members(json, start);
  const fresh = Object.entries(more).filter(([name]) => !at.has(name));
  const known = Object.entries(more).flatMap(([name, text]) => {
    const range = at.get(name);
    return range ? [{ ...range, text }] : [];
  });
  const text = fresh.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',');
  const front = { start: start + 1, end: start + 1, text: at.size > 0 && text !== '' ? `${text},` : text };
  return splice(json, [front, ...known]);
}

/**
 * A server's answer of 2025 as 2026-07-28 wants it: `resultType`, `serverInfo`, and for what may be cached the hints
 * that allow nothing (server/utilities/caching). `status` is the HTTP status that the error has there.
 */
export function toModernAnswer(
  json: Buffer,
  words: ModernWords,
): { readonly json: Buffer; readonly status: number } {
  const at = members(json);
  const error = errorOf(json, at);
  if (error) {
    const isResource = error.code === -32002;
    const code = TO_MODERN.get(error.code) ?? error.code;
    const isBare = isResource && !isObject(error.data);
    const body = isBare ? { code, message: error.message, data: { uri: words.uri } } : { ...error, code };
    const answer = errorAnswer(idOf(json, at), body);
    return { json: answer, status: code === NOT_FOUND ? 404 : 200 };
  }
  const result = at.get('result');
  if (!isObjectAt(json, result)) throw new Fault('upstream_invalid', { data: { mayHaveRun: true } });
  const inside = members(json, result.start);
  const meta = inside.get('_meta');
  const info = JSON.stringify(words.serverInfo);
  const isCacheable = words.method === 'resources/read';
  const withInfo = isObjectAt(json, meta) ? put(json, meta.start, { [META.serverInfo]: info }) : json;
  return {
    json: put(withInfo, result.start, {
      resultType: '"complete"',
      ...(isCacheable && { ttlMs: '0', cacheScope: '"private"' }),
      ...(!isObjectAt(json, meta) && { _meta: `{${JSON.stringify(META.serverInfo)}:${info}}` }),
    }),
    status: 200,
  };
}

/** What a 2026 server's answer means for a client of 2025. */
export type LegacyAnswer =
  | { readonly kind: 'answer'; readonly json: Buffer }
  /** The server wants something first (basic/patterns/mrtr). */
  | { readonly kind: 'asks'; readonly requests: readonly Asked[]; readonly state: string | undefined }
  /** What concerns the hop between gateway and server alone, and is mended there. */
  | { readonly kind: 'repair'; readonly code: number };

/** `key` is the server's; `params` and `method` what the client is asked. */
export type Asked = { readonly key: string; readonly method: string; readonly params: Params | undefined };

/** Header mismatch and unsupported version: the gateway's own doing (2026-07-28 basic, "Error Codes"). */
const HOP_CODES: readonly number[] = [-32020, -32022];
const MISSING_CAPABILITY = -32021;
const SERVER_INFO: ReadonlySet<string> = new Set([META.serverInfo]);
const MODERN_MEMBERS: ReadonlySet<string> = new Set(['resultType', 'ttlMs', 'cacheScope']);

function asToolError(idText: string, text: string): Buffer {
  const result = { content: [{ type: 'text', text }], isError: true };
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":${JSON.stringify(result)}}`);
}

function legacyError(error: ErrorBody, idText: string, method: string): LegacyAnswer {
  if (HOP_CODES.includes(error.code)) return { kind: 'repair', code: error.code };
  if (error.code === MISSING_CAPABILITY) {
    const says = 'The tool needs something that this client cannot be asked';
    const json =
      method === 'tools/call'
        ? asToolError(idText, `${says}: ${error.message}`)
        : errorAnswer(idText, { code: -32603, message: says, data: error.data });
    return { kind: 'answer', json };
  }
  // -32002 was the code for a missing resource before 2026-07-28.
  const isResource = method === 'resources/read' && error.code === -32602 && isObject(error.data);
  const code = isResource && isObject(error.data) && error.data.uri !== undefined ? -32002 : error.code;
  return { kind: 'answer', json: errorAnswer(idText, { ...error, code }) };
}

function asksOf(result: Params): LegacyAnswer {
  const { inputRequests, requestState } = result;
  const requests = Object.entries(isObject(inputRequests) ? inputRequests : {}).map(([key, one]) => {
    if (!isObject(one) || typeof one.method !== 'string')
      throw new Fault('upstream_invalid', { data: { mayHaveRun: true } });
    return { key, method: one.method, params: isObject(one.params) ? one.params : undefined };
  });
  const state = typeof requestState === 'string' ? requestState : undefined;
  if (requests.length === 0 && state === undefined)
    throw new Fault('upstream_invalid', { says: 'The server asks for nothing', data: { mayHaveRun: true } });
  return { kind: 'asks', requests, state };
}

/**
 * A `structuredContent` that is no object stands under `result` for clients that expect one (2025-06-18 server/tools,
 * "Structured Content").
 */
function wrapStructured(json: Buffer, inside: Members): Readonly<Record<string, Buffer>> {
  const range = inside.get('structuredContent');
  if (range === undefined || json[range.start] === 0x7b) return {};
  const value = json.subarray(range.start, range.end);
  const wrapped = Buffer.concat([Buffer.from('{"result":'), value, Buffer.from('}')]);
  const content = inside.get('content');
  const isEmpty = !content || json.toString('utf8', content.start, content.end).replace(/\s/g, '') === '[]';
  const text = Buffer.from(JSON.stringify([{ type: 'text', text: value.toString('utf8') }]));
  return { structuredContent: wrapped, ...(isEmpty && { content: text }) };
}

/** `_meta` without what each 2026 result says of its server: a 2025 client heard it in the handshake. */
function trimMeta(json: Buffer, inside: Members): { readonly _meta?: Buffer } {
  const range = inside.get('_meta');
  if (!isObjectAt(json, range)) return {};
  const at = members(json, range.start);
  return at.has(META.serverInfo) ? { _meta: rebuild(json, at, { without: SERVER_INFO }) } : {};
}

/** A 2026 server's answer in the terms of 2025. Fault `upstream_invalid` for a `resultType` that nobody asked for. */
export function toLegacyAnswer(json: Buffer, method: string): LegacyAnswer {
  const at = members(json);
  const idText = idOf(json, at);
  const error = errorOf(json, at);
  if (error) return legacyError(error, idText, method);
  const range = at.get('result');
  if (!isObjectAt(json, range)) throw new Fault('upstream_invalid', { data: { mayHaveRun: true } });
  const inside = members(json, range.start);
  const type = inside.get('resultType');
  const said = type ? JSON.parse(json.toString('utf8', type.start, type.end)) : 'complete';
  if (said === 'input_required')
    return asksOf(JSON.parse(json.toString('utf8', range.start, range.end)) as Params);
  // "Unknown resultType is invalid" (2026-07-28 basic, "Responses").
  if (said !== 'complete') throw new Fault('upstream_invalid', { data: { mayHaveRun: true } });
  const more = { ...wrapStructured(json, inside), ...trimMeta(json, inside) };
  const isMetaEmpty = more._meta?.length === 2;
  const result = rebuild(json, inside, {
    without: isMetaEmpty ? new Set([...MODERN_MEMBERS, '_meta']) : MODERN_MEMBERS,
    more: isMetaEmpty ? wrapStructured(json, inside) : more,
  });
  return {
    kind: 'answer',
    json: Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":`), result, Buffer.from('}')]),
  };
}

/** The same question as a 2025 server would ask it: URL elicitations have an id there. */
export function legacyParams({ method, params }: Asked): Params | undefined {
  if (method !== 'elicitation/create' || params?.mode !== 'url') return params;
  return { ...params, elicitationId: randomUUID() };
}
