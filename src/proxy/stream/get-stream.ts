import { toFrame } from '../../mcp/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';
import type { Context } from '../call.ts';
import { HttpOut } from '../out.ts';
import type { ClientSession } from '../session/client-sessions.ts';
import type { ClientStream } from '../session/session-state.ts';
import { type ChangeDeps, followChanges } from './changes.ts';
import { type FollowDeps, followUpstream } from './follow-upstream.ts';
import type { Recorded, Recordings } from './recordings.ts';
import type { Streams } from './streams.ts';

export type GetStreamDeps = ChangeDeps &
  FollowDeps & {
    readonly recordings: Recordings;
    readonly streams: Streams;
    readonly stallMs: number;
  };

const OF_NO_SERVER = { server: undefined };
const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

/** The stream on which a client hears what belongs to none of its requests. In a session it outlives its connection. */
export class GetStream implements ClientStream {
  readonly #out: HttpOut;
  readonly #session: ClientSession | undefined;
  readonly #deps: GetStreamDeps;
  #connection: Context;
  #stopHearing: (() => void) | undefined;
  #stopChanges: (() => void) | undefined;

  constructor(context: Context, session: ClientSession | undefined, deps: GetStreamDeps) {
    this.#out = new HttpOut(context.exchange, undefined, deps.stallMs);
    this.#session = session;
    this.#deps = deps;
    this.#connection = context;
  }

  get isConnected(): boolean {
    return !this.#connection.exchange.response.destroyed;
  }

  is(recorded: Recorded): boolean {
    return this.#out === recorded;
  }

  /**
   * Opens it with these frames, and resolves when its first connection has ended. What its session said while nobody
   * was there comes first.
   */
  open(frames: readonly Buffer[] = []): Promise<void> {
    const session = this.#session;
    if (session) this.#out.recordBy(this.#deps.recordings, { session, entry: OF_NO_SERVER }, 'get');
    this.#out.onGone(() => this.#stop());
    this.#out.startStream();
    if (session) {
      const waiting = session.state.streams.filter(one => one instanceof GetStream && !one.isConnected);
      for (const one of waiting) if (one instanceof GetStream) one.#handOver(this);
      const follow = (upstream: UpstreamSession) =>
        followUpstream(this.#connection, session, upstream, this.#deps);
      this.#stopHearing = session.state.addStream(this, follow);
    }
    for (const frame of frames) this.#out.write(frame);
    return this.#serve(this.#connection);
  }

  /** Goes on at another connection of the same client, after these; resolves when that one has ended. */
  goOn(context: Context, events: readonly Buffer[], frames: readonly Buffer[]): Promise<void> {
    this.#connection = context;
    this.#out.attach(context.exchange.response, events);
    for (const frame of frames) this.#out.write(frame);
    return this.#serve(context);
  }

  send(json: Buffer | string): void {
    this.#out.write(toFrame(json));
  }

  end(): void {
    this.#out.end();
    this.#stop();
  }

  #handOver(to: GetStream): void {
    for (const frame of this.#out.takeUnsent()) to.#out.write(frame);
    this.end();
  }

  /** The rights of whoever connected last are those that count. */
  async #serve({ caller, place, exchange, entry }: Context): Promise<void> {
    const before = this.#out.bytes;
    this.#stopChanges?.();
    const state = this.#session?.state;
    const onChanged = (method: string): void => {
      // With several streams open, the newest alone speaks.
      if (state === undefined || state.stream === this) this.send(JSON.stringify({ jsonrpc: '2.0', method }));
    };
    this.#stopChanges = followChanges({ caller, place, onChanged, onOver: () => this.end() }, this.#deps);
    const release = this.#deps.streams.add({
      keepAlive: () => void this.#out.write(KEEP_ALIVE),
      end: () => this.end(),
    });
    await new Promise<void>(resolve => exchange.response.once('close', resolve));
    release();
    entry.bytesOut = this.#out.bytes - before;
  }

  #stop(): void {
    this.#stopHearing?.();
    this.#stopChanges?.();
  }
}
