import { Fault } from '../../base/index.ts';
import { header } from '../../http/index.ts';
import { toFrame } from '../../mcp/index.ts';
import { followSession, type UpstreamSession } from '../../upstream/index.ts';
import type { Context } from '../call.ts';
import { HttpOut } from '../out.ts';
import { findSession } from '../read.ts';
import { type ServerMessageDeps, ServerMessages } from '../relay/server-messages.ts';
import type { ClientSession, ClientSessions } from '../session/client-sessions.ts';
import type { ClientStream } from '../session/session-state.ts';
import { type ChangeDeps, followChanges } from './changes.ts';
import type { Streams } from './streams.ts';

export type ListenDeps = ChangeDeps &
  ServerMessageDeps & {
    readonly sessions: ClientSessions;
    readonly streams: Streams;
    readonly stallMs: number;
  };

const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

function accepts(context: Context): boolean {
  const accept = header(context.exchange.request, 'accept');
  return accept === undefined || /text\/event-stream|\*\/\*|text\/\*/i.test(accept);
}

/**
 * The GET stream of the 2025 revisions: what concerns the client but belongs to none of its requests. Resolves when
 * the stream has ended. Faults: `not_acceptable`, `session_not_found`, `not_found`.
 */
export async function listen(context: Context, deps: ListenDeps): Promise<void> {
  if (!accepts(context)) throw new Fault('not_acceptable');
  const session = findSession(context, deps.sessions);
  const { response } = context.exchange;
  const out = new HttpOut(context.exchange, undefined, deps.stallMs);
  out.startStream();
  const send = (json: Buffer | string): void => void out.write(toFrame(json));
  const end = (): void => out.end();
  const stops: (() => void)[] = [deps.streams.add({ keepAlive: () => void out.write(KEEP_ALIVE), end })];
  const stream: ClientStream = { send, end };
  // With several streams open, the newest alone speaks.
  const isMute = (): boolean => session !== undefined && session.state.stream !== stream;
  const onChanged = (method: string): void => {
    if (!isMute()) send(JSON.stringify({ jsonrpc: '2.0', method }));
  };
  stops.push(followChanges({ caller: context.caller, place: context.place, onChanged, onOver: end }, deps));
  if (session)
    stops.push(session.state.addStream(stream, upstream => followUpstream(context, session, upstream, deps)));
  await new Promise<void>(resolve => response.once('close', resolve));
  for (const stop of stops) stop();
  context.entry.bytesOut = out.bytes;
}

/** What one of the session's servers says by itself goes on the session's newest stream. */
function followUpstream(
  { caller, place }: Context,
  { state }: ClientSession,
  upstream: UpstreamSession,
  deps: ListenDeps,
): () => void {
  const { names } = deps.catalogue;
  const { entry } = upstream.leg;
  const isAll = place.kind === 'all';
  const messages = new ServerMessages(
    {
      principal: caller.principal,
      session: upstream,
      send: json => state.stream?.send(json),
      progress: undefined,
      exposedUri: uri => (isAll ? (names.exposed(entry, 'resource', uri) ?? uri) : uri),
      onListChanged: list => void deps.catalogue.listChanged(entry.name, list),
    },
    deps,
  );
  const stop = followSession(upstream, data => void messages.relay(data));
  return () => {
    stop();
    messages.end();
  };
}
