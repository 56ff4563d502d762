import type { ServerName } from '../../base/index.ts';
import type { Snapshot } from '../../live/index.ts';
import type { RequestMessage } from '../../mcp/index.ts';
import type { Caller } from '../../policy/index.ts';

/** A call that runs now. `session` and `id` name it to the client that may cancel it. */
export type Running = {
  readonly caller: Caller;
  readonly server: ServerName;
  /** The client's session, or its credential where it has none. */
  readonly session: string;
  readonly id: RequestMessage['id'];
  cancel(reason: string): void;
};

/** Whether this person may still use the server, under the rights of `snapshot`. */
export function mayStillUse(caller: Caller, server: ServerName | undefined, snapshot: Snapshot): boolean {
  if (server === undefined) return true;
  if (!snapshot.servers.get(server)?.enabled) return false;
  return (
    snapshot.users.get(caller.principal)?.role === 'admin' ||
    snapshot.grants.get(caller.principal)?.has(server) === true
  );
}

type Seat = { readonly running: Running; at: number };

/**
 * The calls that run now, so that a client can cancel its own and a change of rights ends what it forbids. A list, not
 * a map: calls come and go at the rate of the requests, and a map that churns so keeps dead ones alive from one of its
 * tables to the next until a full collection. Looking through the list is left to the rare cancel.
 */
export class InFlight {
  readonly #seats: Seat[] = [];

  /** Returns the way to leave. */
  add(running: Running): () => void {
    const seat: Seat = { running, at: this.#seats.length };
    this.#seats.push(seat);
    return () => this.#leave(seat);
  }

  get size(): number {
    return this.#seats.length;
  }

  /** Outside of a session one id may run more than once; then all of them end. */
  cancel(session: string, id: unknown, reason: string): void {
    for (const { running } of [...this.#seats])
      if (running.session === session && running.id === id) running.cancel(reason);
  }

  /** A new snapshot: what is no longer allowed ends. */
  recheck(snapshot: Snapshot, isCurrent: (caller: Caller, snapshot: Snapshot) => boolean): void {
    for (const { running } of [...this.#seats]) {
      const { caller, server } = running;
      if (!isCurrent(caller, snapshot) || !mayStillUse(caller, server, snapshot))
        running.cancel('no longer allowed');
    }
  }

  /** The last one takes the empty seat. */
  #leave(seat: Seat): void {
    if (this.#seats[seat.at] !== seat) return;
    const last = this.#seats.pop();
    if (!last || last === seat) return;
    this.#seats[seat.at] = last;
    last.at = seat.at;
  }
}
