import { type Exchange, header } from '../http/index.ts';
import type { Entry, Ledger } from '../ledger/index.ts';
import {
  type MethodRow,
  type NotificationMessage,
  type Params,
  type Profile,
  type RequestMessage,
  type ResponseMessage,
  readTraceparent,
} from '../mcp/index.ts';
import type { Caller } from '../policy/index.ts';
import type { SessionOwner } from '../upstream/index.ts';
import type { Out } from './out.ts';
import type { Place } from './place.ts';
import type { ClientSession } from './session/client-sessions.ts';

/** What all messages of one POST share. */
export type Context = {
  readonly exchange: Exchange;
  readonly caller: Caller;
  readonly place: Place;
  readonly entry: Entry;
  /** What is known of the answer so far, for whoever has to say a fault. */
  readonly trail: Trail;
  /** Where the message came by HTTP+SSE: the stream on which it is answered, whose session it belongs to. */
  readonly line?: ClientLine | undefined;
};

export type ClientLine = { readonly session: ClientSession | undefined; begin(session: ClientSession): void };

export type Trail = {
  idText?: string | undefined;
  out?: Out;
  /** The entries of its messages stand for this request's own. */
  isToldInParts?: boolean;
};

type Common = Context & {
  readonly profile: Profile;
  /** `clientInfo`, for display only. */
  readonly client: Params;
  readonly session: ClientSession | undefined;
};

export type RequestCall = Common & {
  readonly message: RequestMessage;
  readonly row: MethodRow;
  /** The client's own profile, where the call stands here in the terms of the other era. */
  readonly from?: Profile;
  /** The log level of this call alone, in the terms of 2025. */
  readonly logLevel?: string | undefined;
};
export type NotificationCall = Common & {
  readonly message: NotificationMessage;
  readonly row: MethodRow | undefined;
};
export type ResponseCall = Common & { readonly message: ResponseMessage };

/** One message of a client, its era decided. */
export type Call = RequestCall | NotificationCall | ResponseCall;

export function isRequest(call: Call): call is RequestCall {
  return call.message.kind === 'request';
}

/** Whose session with a server serves this call, in the terms of `profile`. */
export function ownerOf(call: Common, profile: Profile): SessionOwner {
  return { principal: call.caller.principal, session: call.session?.key, profile, client: call.client };
}

/** Under which name a call can be cancelled: ids are unique within a session only. */
export function sessionOf(call: {
  readonly session: ClientSession | undefined;
  readonly caller: Caller;
}): string {
  return call.session?.key ?? call.caller.credential.id;
}

/** The entry of a request, with what its headers tell of it. */
export function openEntry(exchange: Exchange, ledger: Ledger): Entry {
  const { request } = exchange;
  const entry = ledger.open({ ...exchange, userAgent: header(request, 'user-agent')?.slice(0, 256) });
  const trace = header(request, 'traceparent');
  if (trace !== undefined) entry.traceId = readTraceparent(trace)?.traceId;
  return entry;
}
