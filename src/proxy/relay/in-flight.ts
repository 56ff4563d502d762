import type { ServerName } from '../../base/index.ts';
import type { Snapshot } from '../../live/index.ts';
import type { Caller } from '../../policy/index.ts';

/** A call that runs now. */
export type Running = { readonly caller: Caller; readonly server: ServerName; cancel(reason: string): void };

/** Whether the person, the credential and the grant are still what they were when the call began. */
export function isStillAllowed(caller: Caller, server: ServerName | undefined, snapshot: Snapshot): boolean {
  const user = snapshot.users.get(caller.principal);
  if (!user || user.disabled) return false;
  const { credential } = caller;
  if (credential.kind === 'key' ? !snapshot.keys.has(credential.id) : snapshot.revoked.has(credential.id))
    return false;
  if (server === undefined || user.role === 'admin') return true;
  return snapshot.grants.get(caller.principal)?.has(server) === true;
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
  recheck(snapshot: Snapshot): void {
    for (const running of [...this.#running.values()]) {
      const entry = snapshot.servers.get(running.server);
      if (!entry?.enabled || !isStillAllowed(running.caller, running.server, snapshot))
        running.cancel('no longer allowed');
    }
  }
}
