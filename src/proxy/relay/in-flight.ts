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
  /** Outside of a session one id may run more than once. */
  readonly #running = new Map<string, Set<Running>>();
  #size = 0;

  add(key: string, running: Running): () => void {
    const same = this.#running.get(key) ?? new Set();
    this.#running.set(key, same.add(running));
    this.#size++;
    return () => {
      if (!same.delete(running)) return;
      this.#size--;
      if (same.size === 0 && this.#running.get(key) === same) this.#running.delete(key);
    };
  }

  get size(): number {
    return this.#size;
  }

  cancel(key: string, reason: string): void {
    for (const running of [...(this.#running.get(key) ?? [])]) running.cancel(reason);
  }

  /** A new snapshot: what is no longer allowed ends. */
  recheck(snapshot: Snapshot, isCurrent: (caller: Caller, snapshot: Snapshot) => boolean): void {
    for (const running of [...this.#running.values()].flatMap(same => [...same])) {
      const { caller, server } = running;
      if (!isCurrent(caller, snapshot) || !mayStillUse(caller, server, snapshot))
        running.cancel('no longer allowed');
    }
  }
}
