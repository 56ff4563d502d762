import { Fault, type ServerName } from '../../base/index.ts';
import { header } from '../../http/index.ts';
import { LIST_CHANGED, METHODS, toFrame } from '../../mcp/index.ts';
import type { Item } from '../../policy/index.ts';
import type { Context } from '../call.ts';
import { findSession } from '../read.ts';
import { mayStillUse } from '../relay/in-flight.ts';
import type { ClientSession, ClientSessions } from '../session/client-sessions.ts';
import { GetStream, type GetStreamDeps } from './get-stream.ts';
import { type Recording, withoutId } from './recordings.ts';

export type ListenDeps = GetStreamDeps & { readonly sessions: ClientSessions };

export function acceptsStream(context: Context): boolean {
  const accept = header(context.exchange.request, 'accept');
  return accept === undefined || /text\/event-stream|\*\/\*|text\/\*/i.test(accept);
}

/**
 * GET of the 2025 revisions: the stream of what belongs to no request, or with `Last-Event-ID` the rest of any stream
 * of the session. Resolves when the connection has ended. Faults: `not_acceptable`, `session_not_found`, `not_found`,
 * `invalid_request` for an event that cannot be gone on from, `method_not_allowed` where nothing is left to be heard.
 */
export async function listen(context: Context, deps: ListenDeps): Promise<void> {
  if (!acceptsStream(context)) throw new Fault('not_acceptable');
  const session = findSession(context, deps.sessions);
  const lastEventId = header(context.exchange.request, 'last-event-id');
  if (lastEventId === undefined) return new GetStream(context, session, deps).open();
  if (!session) throw notOurs();
  const found = deps.recordings.find(lastEventId, session);
  if (found.recording) return resume(context, session, { ...found, deps });
  // The answer that a POST stream would have brought is lost, and its client must hear of it; a GET stream begins anew.
  if (found.kind !== 'get') throw notOurs();
  return new GetStream(context, session, deps).open(ALL_CHANGED);
}

function notOurs(): Fault {
  return new Fault('invalid_request', {
    says: 'Last-Event-ID names no event of a stream that can be resumed',
  });
}

/** Of what was missed nothing but this can be made good. */
const ALL_CHANGED = [...LIST_CHANGED.keys()].map(method =>
  toFrame(JSON.stringify({ jsonrpc: '2.0', method })),
);

/** What of which server an answer is about. It was given, so that its tier was permitted. */
function usedBy({ server, target, method }: Recording['source']['entry']): {
  readonly server: ServerName | undefined;
  readonly item: Item | undefined;
} {
  const kind = METHODS.get(method ?? '')?.kind;
  const item = kind && target !== undefined ? { kind, name: target, tier: 'read' as const } : undefined;
  return { server: server as ServerName | undefined, item };
}

type From = { readonly recording: Recording; readonly after: number; readonly deps: ListenDeps };

async function resume(context: Context, session: ClientSession, from: From): Promise<void> {
  const { recording, after, deps } = from;
  if (recording.kind === 'get') return resumeGet(context, session, from);
  if (!mayStillUse(context.caller, usedBy(recording.source.entry), deps.live.current()))
    throw new Fault('not_found');
  const events = recording.after(after);
  // An empty stream would be asked for again and again; with 405 clients leave it at that.
  if (recording.isEnded && events.length === 0)
    throw new Fault('method_not_allowed', { says: 'The stream has ended, and nothing is left of it' });
  const { stream } = recording;
  const before = stream.bytes;
  const { response } = context.exchange;
  const closed = new Promise<void>(resolve => response.once('close', resolve));
  stream.attach(response, events);
  await closed;
  context.entry.bytesOut = stream.bytes - before;
}

/** One that the gateway ended itself, as with its token, goes on as a new one. */
function resumeGet(context: Context, session: ClientSession, from: From): Promise<void> {
  const { recording, after, deps } = from;
  const lost = recording.hasGap(after) ? ALL_CHANGED : [];
  const stream = session.state.streams.find(one => one instanceof GetStream && one.is(recording.stream));
  if (stream instanceof GetStream) return stream.goOn(context, recording.after(after), lost);
  return new GetStream(context, session, deps).open([...lost, ...recording.after(after).map(withoutId)]);
}
