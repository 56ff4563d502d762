import { isObject, type Params } from '../../mcp/index.ts';
import { followSubscription } from '../follow.ts';
import type { Leg } from '../leg.ts';
import type { SessionOwner } from '../owner.ts';
import type { Reply } from '../reply.ts';
import type { UpstreamSession } from '../session.ts';
import type { Listener } from './hearing.ts';

/** How long a server may take to say which URIs it will tell of. */
const ACK_MS = 5_000;

/** Told with the URI that changed, which may lie below the one that was asked for. */
export type OnUpdated = (uri: string) => void;

export type Subscribed =
  | { readonly kind: 'yes'; readonly stop: () => void }
  | { readonly kind: 'no'; readonly reply: Exclude<Reply, { kind: 'result' }> | undefined };

/** Who listens to which URI, so that a server hears of each URI once, whoever asks. */
class Interest {
  readonly #byUri = new Map<string, Set<OnUpdated>>();

  get uris(): readonly string[] {
    return [...this.#byUri.keys()];
  }

  /** `true` for the first one who listens to the URI. */
  add(uri: string, listener: OnUpdated): boolean {
    const known = this.#byUri.get(uri);
    if (known) known.add(listener);
    else this.#byUri.set(uri, new Set([listener]));
    return !known;
  }

  /** `true` when nobody listens to the URI any more. */
  remove(uri: string, listener: OnUpdated): boolean {
    const known = this.#byUri.get(uri);
    if (!known?.delete(listener) || known.size > 0) return false;
    this.#byUri.delete(uri);
    return true;
  }

  /** "This might be a sub-resource of the one that the client subscribed to" (2025-11-25 schema). */
  tell(updated: string): void {
    for (const [uri, listeners] of [...this.#byUri])
      if (updated === uri || updated.startsWith(`${uri}/`))
        for (const listener of [...listeners]) listener(updated);
  }
}

type SessionDeps = {
  readonly ms: number;
  /** The session that is open under a key now. */
  current(key: string): UpstreamSession | undefined;
  hear(owner: SessionOwner, listener: Listener): () => void;
};

/** `resources/subscribe` on one session of a 2025 server, kept over its re-opening. */
export class SessionSubscriptions {
  readonly #deps: SessionDeps;
  readonly #interests = new Map<string, { readonly interest: Interest; readonly stop: () => void }>();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  async subscribe(
    owner: SessionOwner,
    session: UpstreamSession,
    uri: string,
    listener: OnUpdated,
  ): Promise<Subscribed> {
    const { key } = session;
    if (this.#of(key, owner).add(uri, listener)) {
      const reply = await this.#ask(session, 'resources/subscribe', uri);
      if (reply.kind !== 'result') {
        this.#remove(key, uri, listener);
        return { kind: 'no', reply };
      }
    }
    return { kind: 'yes', stop: () => this.#stop(key, uri, listener) };
  }

  #of(key: string, owner: SessionOwner): Interest {
    const known = this.#interests.get(key);
    if (known) return known.interest;
    const stop = this.#deps.hear(owner, (data, session) => {
      const message: unknown = JSON.parse(data);
      if (!isObject(message) || message.method !== 'notifications/resources/updated') return undefined;
      const uri = isObject(message.params) ? message.params.uri : undefined;
      if (typeof uri === 'string') this.updated(session, uri);
      return true;
    });
    const interest = new Interest();
    this.#interests.set(key, { interest, stop });
    return interest;
  }

  /** The server told of a change on this session. */
  updated(session: UpstreamSession, uri: string): void {
    this.#interests.get(session.key)?.interest.tell(uri);
  }

  /** A session was opened again under its key: the server hears anew what is listened to. */
  async restore(session: UpstreamSession): Promise<void> {
    const uris = this.#interests.get(session.key)?.interest.uris ?? [];
    for (const uri of uris) await this.#ask(session, 'resources/subscribe', uri);
  }

  #ask({ leg, headers }: UpstreamSession, method: string, uri: string): Promise<Reply> {
    return leg.ask(method, { uri }, { headers, ms: this.#deps.ms });
  }

  #stop(key: string, uri: string, listener: OnUpdated): void {
    if (!this.#remove(key, uri, listener)) return;
    const session = this.#deps.current(key);
    if (session && !session.isEnded) void this.#ask(session, 'resources/unsubscribe', uri);
  }

  /** `true` when nobody listens to the URI any more. */
  #remove(key: string, uri: string, listener: OnUpdated): boolean {
    const known = this.#interests.get(key);
    const isLast = known?.interest.remove(uri, listener) === true;
    if (known?.interest.uris.length === 0) {
      known.stop();
      this.#interests.delete(key);
    }
    return isLast;
  }
}

type Listen = {
  readonly uris: ReadonlySet<string>;
  readonly honoured: Promise<ReadonlySet<string>>;
  readonly stop: () => void;
};

/**
 * One `subscriptions/listen` of the gateway for all URIs that anybody wants of a 2026 server: a changed set opens a new
 * one before the old one is closed (2026-07-28 basic/patterns/subscriptions).
 */
export class ListenSubscriptions {
  readonly #leg: Leg;
  readonly #meta: () => Params;
  readonly #interest = new Interest();
  #listen: Listen | undefined;
  /** Those that go on until the newest one is acknowledged. */
  #older: Listen[] = [];

  constructor(leg: Leg, meta: () => Params) {
    this.#leg = leg;
    this.#meta = meta;
  }

  async subscribe(uri: string, listener: OnUpdated): Promise<Subscribed> {
    if (this.#interest.add(uri, listener) && !this.#listen?.uris.has(uri)) this.#renew();
    const honoured = (await this.#listen?.honoured)?.has(uri) === true;
    const stop = (): void => {
      if (this.#interest.remove(uri, listener)) this.#renew();
    };
    if (honoured) return { kind: 'yes', stop };
    stop();
    return { kind: 'no', reply: undefined };
  }

  close(): void {
    this.#listen?.stop();
    this.#listen = undefined;
    this.#endOlder();
  }

  #renew(): void {
    if (this.#listen) this.#older.push(this.#listen);
    const uris = new Set(this.#interest.uris);
    this.#listen = uris.size === 0 ? undefined : this.#open(uris);
    if (!this.#listen) this.#endOlder();
  }

  #endOlder(): void {
    for (const { stop } of this.#older) stop();
    this.#older = [];
  }

  #open(uris: ReadonlySet<string>): Listen {
    const { promise, resolve } = Promise.withResolvers<ReadonlySet<string>>();
    const timer = setTimeout(() => resolve(new Set()), ACK_MS).unref();
    let isHeard = false;
    const filter = { resourceSubscriptions: [...uris] };
    const stop = followSubscription(this.#leg, filter, this.#meta(), data => {
      const message: unknown = JSON.parse(data);
      const params = isObject(message) && isObject(message.params) ? message.params : undefined;
      if (!isObject(message) || !params) return;
      if (message.method === 'notifications/subscriptions/acknowledged') {
        clearTimeout(timer);
        // Only now, and at once: a change must be told neither twice nor not at all.
        if (this.#listen === listen) this.#endOlder();
        isHeard = true;
        resolve(honouredBy(params));
      }
      if (isHeard && message.method === 'notifications/resources/updated' && typeof params.uri === 'string')
        this.#interest.tell(params.uri);
    });
    const listen: Listen = { uris, honoured: promise, stop };
    return listen;
  }
}

function honouredBy({ notifications }: Params): ReadonlySet<string> {
  const uris = isObject(notifications) ? notifications.resourceSubscriptions : undefined;
  return new Set(Array.isArray(uris) ? uris.filter(uri => typeof uri === 'string') : []);
}
