import type { UpstreamSession } from '../../upstream/index.ts';

/** One open stream of a client on which messages may be sent that belong to no request. */
export type ClientStream = { send(json: string): void; end(): void };

type Follower = { readonly stream: ClientStream; readonly follow: (session: UpstreamSession) => void };

/**
 * What one client session gathered in this process: its streams, its sessions with servers, its log level. Most
 * sessions are idle with one server and no stream, so nothing is made before it is needed.
 */
export class SessionState {
  #followers: readonly Follower[] = [];
  #upstreams: readonly UpstreamSession[] = [];
  logLevel: string | undefined;

  /** The newest open stream: each message goes on exactly one (2025-11-25 transports, "Multiple Connections"). */
  get stream(): ClientStream | undefined {
    return this.#followers.at(-1)?.stream;
  }

  /** Its sessions with servers that are still open. */
  get upstreams(): readonly UpstreamSession[] {
    return this.#upstreams.filter(session => !session.isEnded);
  }

  addStream(stream: ClientStream, follow: (session: UpstreamSession) => void): () => void {
    const follower = { stream, follow };
    this.#followers = [...this.#followers, follower];
    for (const session of this.upstreams) follow(session);
    return () => {
      this.#followers = this.#followers.filter(one => one !== follower);
    };
  }

  /** Remembers a session with a server that serves this client session; open streams begin to follow it. */
  use(session: UpstreamSession): void {
    if (this.#upstreams.includes(session)) return;
    this.#upstreams = [...this.upstreams, session];
    for (const { follow } of this.#followers) follow(session);
  }

  end(): void {
    for (const { stream } of this.#followers) stream.end();
    this.#followers = [];
    this.#upstreams = [];
  }
}
