import type { UpstreamSession } from '../../upstream/index.ts';

/** One open stream of a client on which messages may be sent that belong to no request. */
export type ClientStream = { send(json: string): void; end(): void };

/** What one client session gathered in this process: its streams, its sessions with servers, its log level. */
export class SessionState {
  readonly #streams = new Set<ClientStream>();
  readonly #upstreams = new Set<UpstreamSession>();
  readonly #onUpstream = new Set<(session: UpstreamSession) => void>();
  logLevel: string | undefined;

  /** The newest open stream: each message goes on exactly one (2025-11-25 transports, "Multiple Connections"). */
  get stream(): ClientStream | undefined {
    return [...this.#streams].at(-1);
  }

  get upstreams(): ReadonlySet<UpstreamSession> {
    return this.#upstreams;
  }

  addStream(stream: ClientStream, onUpstream: (session: UpstreamSession) => void): () => void {
    this.#streams.add(stream);
    this.#onUpstream.add(onUpstream);
    for (const session of this.#upstreams) onUpstream(session);
    return () => {
      this.#streams.delete(stream);
      this.#onUpstream.delete(onUpstream);
    };
  }

  /** Remembers a session with a server that serves this client session; open streams begin to follow it. */
  use(session: UpstreamSession): void {
    if (this.#upstreams.has(session)) return;
    this.#upstreams.add(session);
    session.onEnd(() => this.#upstreams.delete(session));
    for (const follow of this.#onUpstream) follow(session);
  }

  end(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#onUpstream.clear();
    this.#upstreams.clear();
  }
}
