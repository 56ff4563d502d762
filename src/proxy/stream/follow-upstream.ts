import type { UpstreamSession, Upstreams } from '../../upstream/index.ts';
import type { Context } from '../call.ts';
import { ListChanges } from '../relay/list-changes.ts';
import { listChangedMethod, type ServerMessageDeps, ServerMessages } from '../relay/server-messages.ts';
import type { ClientSession } from '../session/client-sessions.ts';
import type { TaskIds } from '../tasks/task-ids.ts';
import { tellOfTask } from '../tasks/tasks.ts';

export type FollowDeps = ServerMessageDeps & { readonly upstreams: Upstreams; readonly tasks: TaskIds };

/** What one of the session's servers says by itself goes on the session's newest stream. */
export function followUpstream(
  { caller, place }: Context,
  { key, profile, client, state }: ClientSession,
  first: UpstreamSession,
  deps: FollowDeps,
): () => void {
  const { name } = first.leg.entry;
  const changesOf = (session: UpstreamSession): ListChanges =>
    new ListChanges({ session, state }, deps.catalogue, list => {
      if (session.isOfOneClient)
        state.stream?.send(JSON.stringify({ jsonrpc: '2.0', method: listChangedMethod(list) }));
    });
  const messagesOf = (session: UpstreamSession): ServerMessages => {
    const changes = changesOf(session);
    return new ServerMessages(
      {
        principal: caller.principal,
        session,
        send: json => {
          const told = tellOfTask({ caller, place }, name, json, deps.tasks);
          if (told) state.stream?.send(told);
        },
        canAsk: true,
        progress: undefined,
        logLevel: state.logLevel,
        // Those who asked for it hear of it by their subscription.
        onUpdated: () => {},
        onListChanged: list => changes.take(list),
      },
      deps,
    );
  };
  let current = { session: first, messages: messagesOf(first) };
  const owner = { principal: caller.principal, session: key, profile, client };
  const stop = deps.upstreams.for(name, caller.principal)?.hear(owner, (data, session) => {
    if (session !== current.session) {
      current.messages.end();
      current = { session, messages: messagesOf(session) };
    }
    return current.messages.relay(data);
  });
  return () => {
    stop?.();
    current.messages.end();
  };
}
