import type { ServerName } from '../../base/index.ts';
import type { Snapshot } from '../../live/index.ts';
import type { Caller } from '../../policy/index.ts';

/** A call that runs now. */
export type Running = { readonly caller: Caller; readonly server: ServerName; cancel(reason: string): void };

/** Whether this person may still use the server, under the rights of `snapshot`. */
export function mayStillUse(caller: Caller, server: ServerName | undefined, snapshot: Snapshot): boolean {
  if (server === undefined) return true;
  if (!snapshot.servers.get(server)?.enabled) return false;
  return (
    snapshot.users.get(caller.principal)?.role === 'admin' ||
    snapshot.grants.get(caller.principal)?.has(server) === true
  );
}

/** The calls that run now, so that a client can cancel its own and a change of rights ends what it forbids. */
export class InFlight {
  readonly #running = new Map<string, Running>();

  add(key: string, running: Running): () => void {
    this.#running.set(key, running);
    return () => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    };
  }

  get size(): number {
    return this.#running.size;
  }

  cancel(key: string, reason: string): void {
    this.#running.get(key)?.cancel(reason);
  }

  /** A new snapshot: what is no longer allowed ends. */
  recheck(snapshot: Snapshot, isCurrent: (caller: Caller, snapshot: Snapshot) => boolean): void {
    for (const { caller, server, cancel } of [...this.#running.values()]) {
      if (!isCurrent(caller, snapshot) || !mayStillUse(caller, server, snapshot)) cancel('no longer allowed');
    }
  }
}
