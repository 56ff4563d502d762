import { randomToken } from '../../base/index.ts';
import { toFrame } from '../../mcp/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';
import type { ClientLine, Context } from '../call.ts';
import { HttpOut } from '../out.ts';
import type { ClientSession } from '../session/client-sessions.ts';
import { type EndDeps, endSession } from '../session/end.ts';
import type { ClientStream } from '../session/session-state.ts';
import { followChanges } from '../stream/changes.ts';
import { followUpstream } from '../stream/follow-upstream.ts';
import type { GetStreamDeps } from '../stream/get-stream.ts';
import type { SseLines } from './sse-lines.ts';

export type SseLineDeps = GetStreamDeps & EndDeps & { readonly lines: SseLines };

/** What is under way for a message that came by POST. */
type Underway = { gone(): void };

const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

/**
 * One client of the HTTP+SSE transport (2024-11-05 transports, "HTTP with SSE"): everything that it is told goes on this
 * stream, and its session ends with it.
 */
export class SseLine implements ClientStream, ClientLine {
  readonly id = randomToken(16);
  readonly #context: Context;
  readonly #deps: SseLineDeps;
  readonly #out: HttpOut;
  readonly #underway = new Set<Underway>();
  #stopHearing: () => void = () => {};
  session: ClientSession | undefined;

  constructor(context: Context, deps: SseLineDeps) {
    this.#context = context;
    this.#deps = deps;
    this.#out = new HttpOut(context.exchange, undefined, deps.stallMs);
  }

  get isConnected(): boolean {
    return !this.#context.exchange.response.destroyed;
  }

  /** Tells the client where to post; resolves when the connection has ended, and the session with it. */
  async serve(): Promise<void> {
    const { exchange, caller, place, entry } = this.#context;
    const { lines, streams } = this.#deps;
    this.#out.startStream();
    this.#out.write(Buffer.from(`event: endpoint\ndata: ${lines.open(this, caller, place)}\n\n`));
    const onChanged = (method: string): void => {
      if (this.session) this.send(JSON.stringify({ jsonrpc: '2.0', method }));
    };
    const stops = [
      streams.add({ keepAlive: () => void this.#out.write(KEEP_ALIVE), end: () => this.end() }),
      followChanges({ caller, place, onChanged, onOver: () => this.end() }, this.#deps),
    ];
    await new Promise<void>(resolve => exchange.response.once('close', resolve));
    for (const stop of stops) stop();
    lines.close(this);
    for (const one of [...this.#underway]) one.gone();
    this.#endSession();
    entry.bytesOut = this.#out.bytes;
  }

  begin(session: ClientSession): void {
    this.#endSession();
    this.session = session;
    const follow = (upstream: UpstreamSession) =>
      followUpstream(this.#context, session, upstream, this.#deps);
    this.#stopHearing = session.state.addStream(this, follow);
  }

  /** Until `leave` it is told when the client is gone. */
  enter(one: Underway): void {
    this.#underway.add(one);
  }

  leave(one: Underway): void {
    this.#underway.delete(one);
  }

  send(json: Buffer | string): void {
    this.#out.write(toFrame(json));
  }

  write(frame: Buffer): boolean {
    return this.#out.write(frame);
  }

  onceDrained(listener: () => void): void {
    this.#out.onceDrained(listener);
  }

  end(): void {
    this.#out.end();
  }

  #endSession(): void {
    this.#stopHearing();
    if (this.session) endSession(this.session, this.#deps);
    this.session = undefined;
  }
}
