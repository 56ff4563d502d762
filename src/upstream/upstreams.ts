import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { Clock, ServerName, UserId } from '../base/index.ts';
import type { Egress } from '../http/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { accountKey, isPerPerson, type Params, type ServerEntry } from '../mcp/index.ts';
import type { Status } from './breaker.ts';
import type { Connections } from './oauth/connections.ts';
import type { Credential } from './pipe/leased.ts';
import type { Supervisor } from './stdio/supervisor.ts';
import { Upstream } from './upstream.ts';

export type UpstreamsDeps = {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly supervisor: Supervisor;
  readonly isPrivateAllowed: boolean;
  /** `clientInfo` of the gateway itself. */
  readonly client: Params;
  /** How many streams one server may have at once; 1,000 unless said. */
  readonly maxStreams?: number | undefined;
  /** Tokens for servers that take no fixed credential. */
  readonly connections?: Pick<Connections, 'lease' | 'refused'> | undefined;
};

/** People who reach servers by accounts of their own, at once and for how long after the last use. */
const MAX_OF_PEOPLE = 20_000;
const IDLE_MS = 2 * 60 * 60_000;

/** What makes it another server: anything but its description and whom it is granted to. Secrets are compared by value. */
function comparable(entry: ServerEntry): unknown {
  const { transport } = entry;
  return {
    ...entry,
    grants: undefined,
    description: undefined,
    headers: revealed(entry.headers),
    auth: revealedAuth(entry),
    transport: transport.kind === 'stdio' ? { ...transport, env: revealed(transport.env) } : transport,
  };
}

function revealed(headers: ServerEntry['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}

function revealedAuth(entry: ServerEntry): unknown {
  const { auth } = entry;
  if (auth.kind === 'bearer') return [auth.kind, auth.token.reveal()];
  if (auth.kind === 'basic') return [auth.kind, auth.user, auth.password.reveal()];
  if (auth.kind === 'headers') return [auth.kind, revealed(auth.headers)];
  if (auth.kind === 'none') return [auth.kind];
  const secrets = [auth.clientSecret, auth.privateKey, auth.refreshToken];
  return {
    ...auth,
    clientSecret: undefined,
    privateKey: undefined,
    refreshToken: undefined,
    secrets: secrets.map(one => one?.reveal()),
  };
}

/** The servers behind the gateway, kept equal to the live snapshot. */
export class Upstreams {
  readonly #deps: UpstreamsDeps;
  readonly #byName = new Map<ServerName, Upstream>();
  /** By account. */
  readonly #ofPeople = new LRUCache<string, Upstream>({
    max: MAX_OF_PEOPLE,
    ttl: IDLE_MS,
    ttlResolution: 60_000,
    updateAgeOnGet: true,
    dispose: upstream => upstream.close(),
  });
  readonly #onPerson = new Set<(upstream: Upstream) => void>();
  readonly #onStatus = new Set<(upstream: Upstream, status: Status) => void>();
  readonly #onStray = new Set<(upstream: Upstream, data: string) => void>();
  readonly #onRestart = new Set<(upstream: Upstream) => void>();

  constructor(deps: UpstreamsDeps) {
    this.#deps = deps;
  }

  get(name: ServerName): Upstream | undefined {
    return this.#byName.get(name);
  }

  all(): readonly Upstream[] {
    return [...this.#byName.values()];
  }

  /** The way by which this person reaches the server: one of their own where each has an account there. */
  for(name: ServerName, person: UserId): Upstream | undefined {
    const shared = this.#byName.get(name);
    if (!shared || !isPerPerson(shared.entry)) return shared;
    const key = accountKey(name, person);
    let own = this.#ofPeople.get(key);
    if (!own) {
      own = this.#make(shared.entry, person);
      this.#ofPeople.set(key, own);
      for (const listener of this.#onPerson) listener(own);
    }
    return own;
  }

  /** By its key, where it is open. */
  at(key: string): Upstream | undefined {
    return this.#byName.get(key as ServerName) ?? this.#ofPeople.get(key);
  }

  /** Those that serve people now, each with an account of its own. */
  ofPeople(): readonly Upstream[] {
    return [...this.#ofPeople.values()];
  }

  /** The account is another one now, or none: what was open with it ends. */
  forget(key: string): void {
    this.#ofPeople.delete(key);
  }

  onPerson(listener: (upstream: Upstream) => void): void {
    this.#onPerson.add(listener);
  }

  onStatus(listener: (upstream: Upstream, status: Status) => void): void {
    this.#onStatus.add(listener);
  }

  /** Messages of servers over pipes that belong to no request and no stream. */
  onStray(listener: (upstream: Upstream, data: string) => void): () => void {
    this.#onStray.add(listener);
    return () => this.#onStray.delete(listener);
  }

  /** A server runs again, and may offer something else than before. */
  onRestart(listener: (upstream: Upstream) => void): () => void {
    this.#onRestart.add(listener);
    return () => this.#onRestart.delete(listener);
  }

  /** Takes over the servers of a snapshot; returns those that are new or changed. */
  apply(servers: ReadonlyMap<ServerName, ServerEntry>): readonly Upstream[] {
    for (const [name, upstream] of this.#byName) {
      if (servers.get(name)?.enabled) continue;
      upstream.close();
      this.#byName.delete(name);
      this.#forgetPeople(name);
    }
    const changed: Upstream[] = [];
    for (const [name, entry] of servers) {
      const known = this.#byName.get(name);
      if (!entry.enabled) continue;
      if (known && isDeepStrictEqual(comparable(known.entry), comparable(entry))) continue;
      known?.close();
      this.#forgetPeople(name);
      const upstream = this.#make(entry);
      this.#byName.set(name, upstream);
      changed.push(upstream);
    }
    return changed;
  }

  #forgetPeople(name: ServerName): void {
    for (const [key, { entry }] of [...this.#ofPeople.entries()])
      if (entry.name === name) this.#ofPeople.delete(key);
  }

  #credential(entry: ServerEntry, person: UserId | undefined): Credential | undefined {
    const { connections } = this.#deps;
    if (entry.auth.kind !== 'oauth' || !connections) return undefined;
    return {
      lease: () => connections.lease(entry, person),
      refused: refusal => connections.refused(entry, person, refusal),
    };
  }

  #make(entry: ServerEntry, person?: UserId): Upstream {
    const { ledger, client, maxStreams, connections: _, ...rest } = this.#deps;
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
    const onStray = (data: string): void => {
      for (const listener of this.#onStray) listener(upstream, data);
    };
    const onRestart = (): void => {
      for (const listener of this.#onRestart) listener(upstream);
    };
    const credential = this.#credential(entry, person);
    const deps = { ...rest, maxStreams, onStatus, onBlocked, onStray, onRestart, credential, person };
    const upstream: Upstream = new Upstream(entry, deps, client);
    return upstream;
  }

  close(): void {
    for (const upstream of this.#byName.values()) upstream.close();
    this.#byName.clear();
    this.#ofPeople.clear();
  }
}
