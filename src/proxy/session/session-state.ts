import type { ServerName } from '../../base/index.ts';
import type { Offer } from '../../catalogue/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';

/** One open stream of a client on which messages may be sent that belong to no request. */
export type ClientStream = {
  send(json: Buffer | string): void;
  end(): void;
  /** Whether the client is there right now; one that left may come back. */
  readonly isConnected: boolean;
};

/** Begins to hear what a session with a server says by itself; returns the way to stop. */
export type Follow = (session: UpstreamSession) => () => void;

type Followed = { readonly session: UpstreamSession; readonly stop: () => void };

/**
 * What one client session gathered in this process: its streams, its sessions with servers, its log level. Most
 * sessions are idle with one server and no stream, so nothing is made before it is needed.
 */
export class SessionState {
  #streams: readonly ClientStream[] = [];
  #upstreams: readonly UpstreamSession[] = [];
  #followed: readonly Followed[] = [];
  #follow: Follow | undefined;
  logLevel: string | undefined;
  #overlays: ReadonlyMap<ServerName, Offer> | undefined;
  #subscriptions: Map<string, () => void> | undefined;

  /** The newest open stream: each message goes on exactly one (2025-11-25 transports, "Multiple Connections"). */
  get stream(): ClientStream | undefined {
    return this.#streams.findLast(one => one.isConnected) ?? this.#streams.at(-1);
  }

  /** All of them, those included whose client may come back. */
  get streams(): readonly ClientStream[] {
    return this.#streams;
  }

  /** Its sessions with servers that are still open. */
  get upstreams(): readonly UpstreamSession[] {
    return this.#upstreams.filter(session => !session.isEnded);
  }

  /** While any stream is open, each session with a server is followed once. Returns the way to close the stream. */
  addStream(stream: ClientStream, follow: Follow): () => void {
    this.#streams = [...this.#streams, stream];
    this.#follow ??= follow;
    for (const session of this.upstreams) this.#begin(session);
    return () => {
      this.#streams = this.#streams.filter(one => one !== stream);
      if (this.#streams.length === 0) this.#unfollow();
    };
  }

  /** Remembers a session with a server that serves this client session; open streams begin to follow it. */
  use(session: UpstreamSession): void {
    if (this.#upstreams.includes(session)) return;
    this.#upstreams = [...this.upstreams, session];
    this.#begin(session);
  }

  /** What its own sessions with servers show that others do not. */
  get overlays(): ReadonlyMap<ServerName, Offer> | undefined {
    return this.#overlays;
  }

  /** Takes over what a server shows to this session alone; `undefined`: nothing of its own any more. */
  overlay(server: ServerName, offer: Offer | undefined): void {
    if (!offer && !this.#overlays?.has(server)) return;
    // A new map for each change: views are kept by it.
    const overlays = new Map(this.#overlays);
    if (offer) overlays.set(server, offer);
    else overlays.delete(server);
    this.#overlays = overlays.size > 0 ? overlays : undefined;
  }

  get subscribed(): number {
    return this.#subscriptions?.size ?? 0;
  }

  isSubscribed(uri: string): boolean {
    return this.#subscriptions?.has(uri) === true;
  }

  /** Remembers how to stop listening to a resource. */
  subscribe(uri: string, stop: () => void): void {
    this.#subscriptions ??= new Map();
    this.#subscriptions.get(uri)?.();
    this.#subscriptions.set(uri, stop);
  }

  unsubscribe(uri: string): void {
    this.#subscriptions?.get(uri)?.();
    this.#subscriptions?.delete(uri);
  }

  end(): void {
    for (const stop of this.#subscriptions?.values() ?? []) stop();
    this.#subscriptions = undefined;
    for (const stream of this.#streams) stream.end();
    this.#streams = [];
    this.#unfollow();
    this.#upstreams = [];
  }

  #begin(session: UpstreamSession): void {
    if (!this.#follow || this.#streams.length === 0) return;
    for (const one of this.#followed) if (one.session.isEnded) one.stop();
    const open = this.#followed.filter(one => !one.session.isEnded);
    const isNew = open.every(one => one.session !== session);
    this.#followed = isNew ? [...open, { session, stop: this.#follow(session) }] : open;
  }

  #unfollow(): void {
    for (const { stop } of this.#followed) stop();
    this.#followed = [];
    this.#follow = undefined;
  }
}
