import { LRUCache } from 'lru-cache';
import type { ServerName, UserId } from '../../base/index.ts';
import type { Snapshot } from '../../live/index.ts';
import { accountKey } from '../../mcp/index.ts';
import type { ClientStream } from '../session/session-state.ts';

type Waiter = { readonly stream: () => ClientStream | undefined; readonly id: string };

const LIFE_MS = 10 * 60_000;
const MAX_ACCOUNTS = 10_000;
const MAX_WAITERS = 16;

/**
 * Sessions of 2025-11-25 that were sent to a page: they hear of it when the account is there
 * (client/elicitation, "Completion Notifications for URL Mode Elicitation").
 */
export class WaitingForAccounts {
  readonly #waiters = new LRUCache<string, readonly Waiter[]>({ max: MAX_ACCOUNTS, ttl: LIFE_MS });

  add(person: UserId, server: ServerName, waiter: Waiter): void {
    const key = accountKey(server, person);
    this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), waiter].slice(-MAX_WAITERS));
  }

  /** A new snapshot: whoever waited for an account that is there now is told. */
  recheck(connected: Snapshot['connected']): void {
    for (const [key, waiters] of [...this.#waiters.entries()]) {
      if (!connected.has(key)) continue;
      this.#waiters.delete(key);
      for (const { stream, id } of waiters) stream()?.send(complete(id));
    }
  }
}

function complete(elicitationId: string): string {
  const method = 'notifications/elicitation/complete';
  return JSON.stringify({ jsonrpc: '2.0', method, params: { elicitationId } });
}
