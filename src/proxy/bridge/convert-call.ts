import {
  isObject,
  isObjectAt,
  META,
  members,
  type Params,
  type Profile,
  type RequestMessage,
  rebuild,
  writeCapabilities,
} from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';

/** Members of `_meta` that only the 2026 revision knows. */
const MODERN_META: ReadonlySet<string> = new Set([
  META.protocolVersion,
  META.clientCapabilities,
  META.clientInfo,
  META.logLevel,
]);
/** What a retry of 2026-07-28 adds to `params` (basic/patterns/mrtr). */
const RETRY_MEMBERS: ReadonlySet<string> = new Set(['requestState', 'inputResponses']);
/** What 2025-11-25 adds to a request that is to run as a task. */
const TASK_MEMBERS: ReadonlySet<string> = new Set(['task']);

const NO_MEMBERS = new Map();

/** Bytes of the members of `_meta`, if it is an object. */
function metaOf({ bytes, paramsAt }: RequestMessage) {
  const range = paramsAt?.get('_meta');
  return isObjectAt(bytes, range) ? members(bytes, range.start) : NO_MEMBERS;
}

/** The message with other `params`; everything in them that is not named stays as the bytes that came. */
export function withParams(message: RequestMessage, params: Buffer, parsed: Params): RequestMessage {
  const head = `{"jsonrpc":"2.0","id":${message.idText},"method":${JSON.stringify(message.method)},"params":`;
  const bytes = Buffer.concat([Buffer.from(head), params, Buffer.from('}')]);
  const envelope = members(bytes);
  const range = envelope.get('params');
  return { ...message, bytes, envelope, params: parsed, paramsAt: range && members(bytes, range.start) };
}

/** A call of a 2026 client in the terms of 2025, without its version, capabilities and answers. */
export function toLegacyCall(call: RequestCall, profile: Profile): RequestCall {
  const { message } = call;
  const meta = rebuild(message.bytes, metaOf(message), { without: MODERN_META });
  const { progressToken } = isObject(message.params._meta) ? message.params._meta : {};
  const without = new Set([...RETRY_MEMBERS, '_meta']);
  const params = rebuild(message.bytes, message.paramsAt ?? NO_MEMBERS, { without });
  const full = meta.length > 2 ? withMeta(params, meta) : params;
  const parsed = { ...message.params, _meta: { progressToken } };
  return { ...call, profile, from: call.profile, message: withParams(message, full, parsed) };
}

function withMeta(params: Buffer, meta: Buffer): Buffer {
  return rebuild(params, members(params), { more: { _meta: meta } });
}

/** What the client answered in the last round, and the server's state, both as JSON. */
export type Retry = { readonly inputResponses?: string; readonly requestState?: string };

/** A call of a 2025 client in the terms of 2026: each request says by itself who asks and what it can be asked. */
export function toModernCall(
  call: RequestCall,
  profile: Profile,
  { own, logLevel, retry = {} }: { own: Params; logLevel: string; retry?: Retry },
): RequestCall {
  const { message } = call;
  const client = call.client.name && call.client.version ? call.client : own;
  const added = {
    [META.protocolVersion]: profile.revision,
    [META.clientCapabilities]: writeCapabilities(profile.capabilities, profile.revision),
    [META.clientInfo]: client,
    [META.logLevel]: logLevel,
  };
  const more = Object.fromEntries(
    Object.entries(added).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const meta = rebuild(message.bytes, metaOf(message), { more });
  const params = rebuild(message.bytes, message.paramsAt ?? NO_MEMBERS, {
    without: TASK_MEMBERS,
    more: { _meta: meta, ...retry },
  });
  const given = isObject(message.params._meta) ? message.params._meta : {};
  const parsed = { ...message.params, _meta: { ...given, ...added } };
  return { ...call, profile, from: call.profile, client, message: withParams(message, params, parsed) };
}
