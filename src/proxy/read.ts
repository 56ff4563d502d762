import { Fault } from '../base/index.ts';
import { header, readRequestBody } from '../http/index.ts';
import type { Tracer } from '../ledger/index.ts';
import {
  type Classified,
  classify,
  idTextOf,
  isObject,
  LEGACY_REVISIONS,
  META,
  METHODS,
  type Message,
  type MethodRow,
  type MirrorHeaders,
  type Params,
  type Profile,
  type RequestMessage,
  readBody,
  readCapabilities,
  readMessage,
  readTraceparent,
  UNSAID_REVISION,
} from '../mcp/index.ts';
import type { Admission } from './admission.ts';
import { BATCH, partOf } from './batch/part.ts';
import type { Call, Context } from './call.ts';
import { NAMED_TOOL } from './compat/named-tool.ts';
import { placeKey } from './place.ts';
import type { ClientSession, ClientSessions } from './session/client-sessions.ts';

/** A message that could not be read, with its id where that could. */
export class ReadFault {
  readonly fault: unknown;
  readonly idText: string | undefined;
  readonly isModern: boolean;
  readonly context: Context;

  constructor(context: Context, fault: unknown, idText: string | undefined, isModern: boolean) {
    this.context = context;
    this.fault = fault;
    this.idText = idText;
    this.isModern = isModern;
  }
}

/** In a batch each message that cannot be read is answered for itself. */
export type Reading =
  | { readonly isBatch: false; readonly call: Call }
  | { readonly isBatch: true; readonly calls: readonly (Call | ReadFault)[] };

export type ReadDeps = Pick<Admission, 'weigh'> & {
  readonly sessions: ClientSessions;
  readonly bodyBytes: number;
  readonly bodyMs: number;
  /** Where spans are made for a collector. */
  readonly tracer?: Tracer | undefined;
  /** Whether an unknown method of 2025 may be the name of a tool. */
  readonly toolNamesAsMethods: boolean;
};

function mirrorHeaders(context: Context): MirrorHeaders {
  const { request } = context.exchange;
  return {
    version: header(request, 'mcp-protocol-version'),
    method: header(request, 'mcp-method'),
    name: header(request, 'mcp-name'),
  };
}

/** The session that the request names; a missing one is no fault, a bad one is. */
export function findSession(context: Context, sessions: ClientSessions): ClientSession | undefined {
  const { line, exchange } = context;
  const token = line ? undefined : header(exchange.request, 'mcp-session-id');
  if (line?.session) context.entry.session = line.session.key;
  if (token === undefined) return line?.session;
  const session = sessions.find(token, context.caller, placeKey(context.place), exchange.address);
  context.entry.session = session.key;
  return session;
}

function modernProfile(
  message: Exclude<Message, { kind: 'response' }>,
  revision: string,
): { profile: Profile; client: Params } {
  const meta = isObject(message.params._meta) ? message.params._meta : {};
  const info = meta[META.clientInfo];
  return {
    profile: { era: 'modern', revision, capabilities: readCapabilities(meta[META.clientCapabilities]) },
    client: isObject(info) ? info : {},
  };
}

/** Without a session nothing was agreed: 2025-03-26 is assumed, and the client can be asked nothing. */
function legacyProfile(classified: Classified, session: ClientSession | undefined): Profile {
  if (session) return session.profile;
  return { era: 'legacy', revision: classified.revision ?? UNSAID_REVISION, capabilities: 0 };
}

function unknownRow(method: string, { toolNamesAsMethods }: ReadDeps): MethodRow | undefined {
  return toolNamesAsMethods && !method.includes('/') ? NAMED_TOOL : undefined;
}

function toCall(message: Message, context: Context, deps: ReadDeps): Call {
  const classified = classify(message, mirrorHeaders(context));
  const { entry } = context;
  if (message.kind !== 'response') entry.method = message.method;
  entry.era = classified.era;
  const isModern = classified.era === 'modern' && message.kind !== 'response';
  // The 2026 revision has no sessions: an id that comes along is ignored.
  const session = isModern ? undefined : findSession(context, deps.sessions);
  const { profile, client } = isModern
    ? modernProfile(message, classified.revision)
    : { profile: legacyProfile(classified, session), client: session?.client ?? {} };
  entry.clientName = typeof client.name === 'string' ? client.name.slice(0, 64) : undefined;
  const { exchange, caller, place, trail, line } = context;
  const common = { exchange, caller, place, entry, trail, line, profile, client, session };
  if (message.kind === 'response') return { ...common, message };
  const row = METHODS.get(message.method) ?? unknownRow(message.method, deps);
  const isKnown =
    row !== undefined && (row.eras === 'both' || row.eras === profile.era) && row.is === message.kind;
  if (message.kind === 'notification') return { ...common, message, row: isKnown ? row : undefined };
  // An unknown method is 404 in the 2026 revision (streamable-http, "Protocol Version Header"), 200 before.
  if (!isKnown) throw new Fault('method_not_found', isModern ? { status: 404 } : {});
  noteTrace({ context, message, revision: profile.revision }, deps);
  return { ...common, message, row };
}

type Traced = {
  readonly context: Context;
  readonly message: RequestMessage;
  readonly revision: string;
};

/**
 * The trace that the message itself names comes before that of the HTTP request, which may carry several messages
 * (2026-07-28 basic, "Trace Context": `_meta.traceparent`).
 */
function noteTrace({ context, message, revision }: Traced, { tracer }: ReadDeps): void {
  const meta = message.params._meta;
  const own = isObject(meta) ? readTraceparent(meta.traceparent) : undefined;
  if (own) context.entry.traceId = own.traceId;
  if (!tracer) return;
  const parent = own ?? readTraceparent(header(context.exchange.request, 'traceparent'));
  tracer.begin(context.entry, { parent, revision, requestId: message.idText.slice(0, 64) });
}

type Value = { readonly value: unknown; readonly bytes: Buffer };

function readOne(one: Value, context: Context, deps: ReadDeps): Call | ReadFault {
  let isModern = false;
  try {
    const message = readMessage(one.value, one.bytes);
    isModern =
      message.kind !== 'response' &&
      isObject(message.params._meta) &&
      Object.hasOwn(message.params._meta, META.protocolVersion);
    return toCall(message, context, deps);
  } catch (thrown) {
    return new ReadFault(context, thrown, idTextOf(one.value), isModern);
  }
}

/** Batches were in 2025-03-26 alone, and `initialize` was never allowed in one (lifecycle, "Initialization"). */
function checkBatch(calls: readonly (Call | ReadFault)[]): void {
  for (const call of calls) {
    if (call instanceof ReadFault) {
      if (call.isModern)
        throw new Fault('invalid_request', { says: 'Invalid request: this revision has no batches' });
      continue;
    }
    const { message, profile } = call;
    if (
      profile.era === 'modern' ||
      (profile.revision !== '2025-03-26' && LEGACY_REVISIONS.includes(profile.revision))
    ) {
      throw new Fault('invalid_request', { says: 'Invalid request: this revision has no batches' });
    }
    if (message.kind === 'request' && message.method === 'initialize') {
      throw new Fault('invalid_request', { says: 'Invalid request: initialize must not be part of a batch' });
    }
  }
}

/** The messages of a batch, each with an entry of its own. What is said of the batch is whose it is. */
function readParts(values: readonly Value[], context: Context, deps: ReadDeps): (Call | ReadFault)[] {
  const { entry } = context;
  entry.method = BATCH;
  const calls = values.map((one, index) => readOne(one, partOf(context, one.bytes.length, index), deps));
  const [first] = calls;
  const known = first instanceof ReadFault ? first.context.entry : first?.entry;
  entry.era = known?.era;
  entry.session = known?.session;
  entry.clientName = known?.clientName;
  checkBatch(calls);
  return calls;
}

/** The messages of a POST, within limits, each with its era. The only place that parses what a client sent. */
export async function read(context: Context, deps: ReadDeps): Promise<Reading> {
  const bytes = await readRequestBody(context.exchange.request, { bytes: deps.bodyBytes, ms: deps.bodyMs });
  context.entry.bytesIn = bytes.length;
  deps.weigh(context.caller, context.exchange, bytes.length);
  const body = readBody(bytes);
  if (body.isBatch) return { isBatch: true, calls: readParts(body.values, context, deps) };
  const [one] = body.values;
  if (!one) throw new Fault('invalid_request');
  const call = readOne(one, context, deps);
  if (call instanceof ReadFault) {
    context.trail.idText = call.idText;
    throw call.fault;
  }
  return { isBatch: false, call };
}
