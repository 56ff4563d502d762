import type { UpstreamSession } from '../../upstream/index.ts';

/** A stream towards the client that belongs to no request. */
export type ClientStream = { send(json: Buffer | string): void; end(): void };

/** Begins to hear what a session with a server says by itself; returns the way to stop. */
export type Follow = (session: UpstreamSession) => () => void;

/** What one process remembers of a client session: its open streams, its sessions with servers, its log level. */
export class SessionState {
  readonly #streams = new Set<ClientStream>();
  readonly #upstreams = new Set<UpstreamSession>();
  readonly #followed = new Map<UpstreamSession, () => void>();
  #follow: Follow | undefined;
  logLevel: string | undefined;

  /** The newest open stream: each message goes on exactly one (2025-11-25 transports, "Multiple Connections"). */
  get stream(): ClientStream | undefined {
    return [...this.#streams].at(-1);
  }

  get upstreams(): ReadonlySet<UpstreamSession> {
    return this.#upstreams;
  }

  /** While any stream is open, each server session is followed once. Returns the way to close the stream. */
  addStream(stream: ClientStream, follow: Follow): () => void {
    this.#streams.add(stream);
    this.#follow ??= follow;
    for (const session of this.#upstreams) this.#begin(session);
    return () => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#unfollow();
    };
  }

  /** Remembers a session with a server that serves this client session; open streams begin to follow it. */
  use(session: UpstreamSession): void {
    if (this.#upstreams.has(session)) return;
    this.#upstreams.add(session);
    session.onEnd(() => {
      this.#upstreams.delete(session);
      this.#followed.get(session)?.();
      this.#followed.delete(session);
    });
    this.#begin(session);
  }

  end(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#unfollow();
    this.#upstreams.clear();
  }

  #begin(session: UpstreamSession): void {
    if (!this.#follow || this.#streams.size === 0 || this.#followed.has(session)) return;
    this.#followed.set(session, this.#follow(session));
  }

  #unfollow(): void {
    for (const stop of this.#followed.values()) stop();
    this.#followed.clear();
  }
}
