import { isDeepStrictEqual } from 'node:util';
import type { Clock, ServerName } from '../base/index.ts';
import type { Egress } from '../http/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Params, ServerEntry } from '../mcp/index.ts';
import type { Status } from './breaker.ts';
import { Upstream } from './upstream.ts';

export type UpstreamsDeps = {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly isPrivateAllowed: boolean;
  /** `clientInfo` of the gateway itself. */
  readonly client: Params;
};

/** What makes it another server: anything but whom it is granted to. Secrets are compared by value. */
function comparable(entry: ServerEntry): unknown {
  return { ...entry, grants: undefined, headers: revealed(entry.headers), auth: revealedAuth(entry) };
}

function revealed(headers: ServerEntry['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}

function revealedAuth(entry: ServerEntry): unknown {
  const { auth } = entry;
  if (auth.kind === 'bearer') return [auth.kind, auth.token.reveal()];
  if (auth.kind === 'basic') return [auth.kind, auth.user, auth.password.reveal()];
  return auth.kind === 'headers' ? [auth.kind, revealed(auth.headers)] : [auth.kind];
}

/** The servers behind the gateway, kept equal to the live snapshot. */
export class Upstreams {
  readonly #deps: UpstreamsDeps;
  readonly #byName = new Map<ServerName, Upstream>();
  readonly #onStatus = new Set<(upstream: Upstream, status: Status) => void>();

  constructor(deps: UpstreamsDeps) {
    this.#deps = deps;
  }

  get(name: ServerName): Upstream | undefined {
    return this.#byName.get(name);
  }

  all(): readonly Upstream[] {
    return [...this.#byName.values()];
  }

  onStatus(listener: (upstream: Upstream, status: Status) => void): void {
    this.#onStatus.add(listener);
  }

  /** Takes over the servers of a snapshot; returns those that are new or changed. */
  apply(servers: ReadonlyMap<ServerName, ServerEntry>): readonly Upstream[] {
    for (const [name, upstream] of this.#byName) {
      if (servers.get(name)?.enabled) continue;
      upstream.close();
      this.#byName.delete(name);
    }
    const changed: Upstream[] = [];
    for (const [name, entry] of servers) {
      const known = this.#byName.get(name);
      if (!entry.enabled || entry.transport.kind !== 'http') continue;
      if (known && isDeepStrictEqual(comparable(known.entry), comparable(entry))) continue;
      known?.close();
      const upstream = this.#make(entry);
      this.#byName.set(name, upstream);
      changed.push(upstream);
    }
    return changed;
  }

  #make(entry: ServerEntry): Upstream {
    const { egress, clock, ledger, isPrivateAllowed, client } = this.#deps;
    const onStatus = (status: Status): void => {
      for (const listener of this.#onStatus) listener(upstream, status);
    };
    const onBlocked = (): void =>
      ledger.event({
        type: 'ssrf_blocked',
        severity: 'high',
        server: entry.name,
        detail: { reason: 'the address is not allowed' },
      });
    const upstream: Upstream = new Upstream(
      entry,
      { egress, clock, isPrivateAllowed, onStatus, onBlocked },
      client,
    );
    return upstream;
  }

  close(): void {
    for (const upstream of this.#byName.values()) upstream.close();
    this.#byName.clear();
  }
}
