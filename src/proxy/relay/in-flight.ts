import { Fault, type ServerName } from '../../base/index.ts';
import { identityOf, type Snapshot } from '../../live/index.ts';
import type { RequestMessage } from '../../mcp/index.ts';
import type { Caller, Item } from '../../policy/index.ts';

/** A call that runs now. `session` and `id` name it to the client that may cancel it. */
export type Running = {
  /** The HTTP request that brought it. */
  readonly request: string;
  readonly caller: Caller;
  readonly server: ServerName;
  /** What of the server it uses. */
  readonly item: Item | undefined;
  /** The client's session, or its credential where it has none. */
  readonly session: string;
  readonly id: RequestMessage['id'];
  /** Nobody wants an answer any more. */
  cancel(reason: string): void;
  /** It may go on no longer, and whoever waits for its answer is told so. */
  revoke(): void;
};

/** The caller as the rules of another moment see them. */
export function asOf(snapshot: Snapshot, caller: Caller): Caller {
  const { client, key } = caller.person;
  const person = identityOf(snapshot, caller.principal, { client, key });
  return { ...caller, person, rights: snapshot.policy.rightsOf(person) };
}

/** Whether this caller may still use the server, or the one thing of it, under the rights of `snapshot`. */
export function mayStillUse(
  caller: Caller,
  { server, item }: { readonly server: ServerName | undefined; readonly item?: Item | undefined },
  snapshot: Snapshot,
): boolean {
  if (server === undefined) return true;
  if (!snapshot.servers.get(server)?.enabled) return false;
  const { rights } = asOf(snapshot, caller);
  return item ? rights.permits(server, item) : rights.reaches(server);
}

/** What a revoked call is answered: the server has done nothing wrong. */
export function accessEnded(server: ServerName, mayHaveRun: boolean): Fault {
  return new Fault('access_ended', { data: { server, mayHaveRun } });
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

  /** How many calls of clients that is: one that is said to a server of another era has two seats. */
  get calls(): number {
    return new Set(this.#seats.map(({ running: { request, id } }) => JSON.stringify([request, id]))).size;
  }

  /** Outside of a session one id may run more than once; then all of them end. */
  cancel(session: string, id: unknown, reason: string): void {
    for (const { running } of [...this.#seats])
      if (running.session === session && running.id === id) running.cancel(reason);
  }

  /** The client's session has ended, and with it everything that it asked for. */
  endSession(session: string): void {
    for (const { running } of [...this.#seats])
      if (running.session === session) running.cancel('the session has ended');
  }

  /** A new snapshot: what is no longer allowed ends. */
  recheck(snapshot: Snapshot, isCurrent: (caller: Caller, snapshot: Snapshot) => boolean): void {
    for (const { running } of [...this.#seats]) {
      if (!isCurrent(running.caller, snapshot) || !mayStillUse(running.caller, running, snapshot))
        running.revoke();
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
