import { randomBytes } from 'node:crypto';
import { type Clock, Fault, type UserId } from '../base/index.ts';
import type { AnswerSink } from '../http/index.ts';
import { accountKey, type ServerEntry } from '../mcp/index.ts';
import { Breaker, type Reason, type Status } from './breaker.ts';
import { credentialHeaders } from './credential.ts';
import { Exchange, type LegCall, type LegUse, Traffic } from './exchange.ts';
import { type Part, partOf } from './health/parts.ts';
import { Vitals } from './health/vitals.ts';
import type { Credential } from './pipe/leased.ts';
import type { PipeSink } from './pipe/pipe-sink.ts';
import type { Crash } from './pipe/pipe-wire.ts';
import { openWay, type Way, type WayDeps } from './pipe/ways.ts';
import { gather, type Reply } from './reply.ts';
import { Saying } from './saying.ts';
import { Ring } from './stdio/ring.ts';

/** Lists and handshakes of one server; a list of 2,000 tools is about 2 MB. */
const CONTROL_BYTES = 16 * 1024 * 1024;
const STDERR_BYTES = 64 * 1024;
/** How long a server that has to be started may be silent: `npx` may have to download it first. */
const START_MS = 60_000;
/** How long it may wait until others have started. */
const QUEUE_MS = 5 * 60_000;

export type LegDeps = WayDeps & {
  readonly clock: Clock;
  /** How many streams the server may have at once, unless it is the usual. */
  readonly maxStreams?: number | undefined;
  onStatus(status: Status): void;
  onBlocked(): void;
  /** A message of the server that belongs to nobody. */
  onStray(data: string): void;
  /** It runs again, and may offer something else. */
  onRestart(): void;
  /** Where it is no fixed one. */
  readonly credential?: Credential | undefined;
  /** Whose account it uses, where each person has an own one there. */
  readonly person?: UserId | undefined;
};

/** `startMs`: for a server that has to be started, until its first sign of life. */
export type AskOptions = {
  readonly headers: Readonly<Record<string, string>>;
  readonly ms: number;
  readonly startMs?: number;
};

export type Trouble = { readonly since: number; readonly reason: Reason; readonly retryAfterMs?: number };

/** The way to one server: its address, credential, limits and what is known of its health. */
export class Leg {
  readonly entry: ServerEntry;
  /** The server's name, or what tells one person's account there from others'. */
  readonly key: string;
  /** Whose account it uses, where each person has an own one there. */
  readonly person: UserId | undefined;
  /** What its requests told lately. */
  readonly vitals: Vitals;
  readonly #deps: LegDeps;
  readonly #breaker: Breaker;
  readonly #traffic: Traffic;
  readonly #base: Record<string, string>;
  readonly #stderr = new Ring(STDERR_BYTES);
  #way: Way;
  #crashes = 0;
  readonly #saying = new Saying();
  #dropped = 0;
  readonly #idPrefix = randomBytes(12).toString('hex');
  #lastId = 0;

  constructor(entry: ServerEntry, deps: LegDeps) {
    this.entry = entry;
    this.key = deps.person === undefined ? entry.name : accountKey(entry.name, deps.person);
    this.person = deps.person;
    this.#deps = deps;
    this.#breaker = new Breaker(deps.clock, deps.onStatus);
    this.vitals = new Vitals(deps.clock);
    const known = { breaker: this.#breaker, vitals: this.vitals };
    this.#traffic = new Traffic(known, deps.onBlocked, deps.maxStreams);
    this.#base = {
      ...credentialHeaders(entry),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'authmcp-gateway/2',
    };
    this.#way = this.#open(false);
  }

  get status(): Status {
    return this.#breaker.status;
  }

  /** Whether calls fail at once for a while. */
  get isPaused(): boolean {
    return this.#breaker.isOpen;
  }

  /** Why it is down, since when, and how long it should be left alone. */
  get trouble(): Trouble | undefined {
    const { status } = this.#breaker;
    if (status.state !== 'down') return undefined;
    const retryAfterMs = Math.max(0, status.retryAt - this.#deps.clock.now());
    return { since: status.since, reason: status.reason, ...(retryAfterMs > 0 && { retryAfterMs }) };
  }

  /** Whether it is reached over pipes: a program, or HTTP+SSE. */
  get isPiped(): boolean {
    return this.#way.wire !== undefined;
  }

  /** How many calls and streams it has now. */
  get running(): Traffic['running'] {
    return this.#traffic.running;
  }

  /** How often its pipes have ended by themselves. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Messages of the server that could not be given to anybody. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The last 64 KB of what it wrote to its error output. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /** Whether a session is still there, as far as can be known without asking. */
  knows(session: string | undefined): boolean {
    const { wire } = this.#way;
    return wire === undefined || (session !== undefined && wire.knows(session));
  }

  /** The next requests go by HTTP+SSE at the same address, or by Streamable HTTP again. */
  switchTo(kind: 'http' | 'sse'): void {
    this.#way.wire?.close();
    this.#way = this.#open(kind === 'sse');
  }

  /** Ends what serves requests without a session; the next one opens it again. */
  endStateless(): void {
    this.#way.wire?.endStateless();
  }

  close(): void {
    this.#way.wire?.close();
  }

  /** An id of our own towards this server: unguessable, so that its quoted form means nothing else in an answer. */
  nextId(): string {
    return `${this.#idPrefix}-${++this.#lastId}`;
  }

  /** Throws at once what makes a call pointless: no way there, the pause of a dead server, or the server's limit. */
  check(use: LegUse, isOpen = false): void {
    const server = this.entry.name;
    const { trouble } = this;
    // A program that runs for this person is not the one that ended for another.
    const isRunning = isOpen && this.isPiped;
    if (!isRunning && !this.#breaker.mayTry() && trouble) {
      const fault = trouble.reason === 'refused' ? 'upstream_refused' : 'upstream_unreachable';
      throw new Fault(fault, { data: { server, mayHaveRun: false, ...trouble } });
    }
    if (this.#traffic.isFull(use)) {
      throw new Fault('limit_exceeded', {
        says: 'Too many calls to this server at once',
        data: { server, mayHaveRun: false, retryAfterMs: 1000 },
      });
    }
  }

  post(
    body: Buffer | string,
    headers: Readonly<Record<string, string>>,
    sink: AnswerSink,
    use: LegUse = 'control',
  ): () => void {
    return this.#send('POST', { headers, body, sink, use }).abort;
  }

  /** One request of a client, which may rest while it waits for its person. */
  call({ body, headers, method }: LegCall, sink: AnswerSink): Exchange {
    return this.#send('POST', { headers, body, sink, use: 'call', part: partOf(method, headers) });
  }

  get(headers: Readonly<Record<string, string>>, sink: AnswerSink): () => void {
    return this.#send('GET', { headers, sink, use: 'stream' }).abort;
  }

  /** Ends a session of ours; what the server says to it does not matter. */
  delete(headers: Readonly<Record<string, string>>, done: () => void = () => {}): void {
    void this.#saying.say(sink => this.#send('DELETE', { headers, sink, use: 'control' }).abort).then(done);
  }

  /** One request of the gateway's own, answered within `ms` milliseconds or `failed` with `timeout`. */
  ask(method: string, params: unknown, options: AskOptions): Promise<Reply> {
    const id = this.nextId();
    const { headers, ms, startMs = START_MS } = options;
    const askedAt = performance.now();
    const part = partOf(method, headers);
    return new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined;
      let abort = (): void => {};
      const done = (reply: Reply): void => {
        clearTimeout(timer);
        if (reply.kind !== 'failed' && !this.isPiped) this.vitals.took(performance.now() - askedAt);
        resolve(reply);
      };
      const wait = (left: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          this.timedOut(part);
          done({ kind: 'failed', failure: 'timeout' });
          abort();
        }, left);
      };
      wait(this.isPiped ? QUEUE_MS : ms);
      const sink: PipeSink = {
        ...gather({ id, limit: CONTROL_BYTES, done }),
        onOpening: () => wait(startMs),
        onAwake: () => wait(ms),
      };
      const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
      abort = this.#send('POST', { headers, body, sink, use: 'control', part }).abort;
    });
  }

  /** A notification; nothing comes back. */
  tell(body: Buffer | string, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return this.#saying.say(sink => this.post(body, headers, sink));
  }

  /** What stands before the server says that it is not there. */
  isAway(): void {
    this.#traffic.note('unreachable');
  }

  timedOut(part: Part | undefined): void {
    this.vitals.failed('timeout', part);
    this.#breaker.failed('timeout');
  }

  #open(isOlder: boolean): Way {
    const { clock: _clock, ...deps } = this.#deps;
    const options = {
      headers: this.#base,
      stderr: this.#stderr,
      credential: deps.credential,
      mayStart: () => this.#breaker.mayStart(),
      onStray: (data: string) => this.#deps.onStray(data),
      onReopened: () => this.#deps.onRestart(),
      onDropped: () => void this.#dropped++,
      onCrash: ({ livedMs, wasBusy }: Crash) => {
        this.#crashes++;
        // Programs may end while nobody needs them.
        if (!wasBusy) return;
        this.vitals.failed('crashed', undefined);
        this.#breaker.crashed(livedMs);
      },
    };
    return openWay(this.entry, deps, options, isOlder);
  }

  #send(
    method: 'GET' | 'POST' | 'DELETE',
    call: {
      headers: Readonly<Record<string, string>>;
      body?: Buffer | string;
      sink: AnswerSink;
      use: LegUse;
      part?: Part | undefined;
    },
  ): Exchange {
    const { headers, body, sink, use, part } = call;
    const { target, path } = this.#way;
    if (!target) {
      this.#traffic.note('blocked');
      sink.onFailure({ kind: 'blocked', cause: undefined });
      return new Exchange(this.#traffic, sink, 'control');
    }
    const exchange = new Exchange(this.#traffic, sink, use, part);
    const request = {
      method,
      path,
      headers: { ...this.#base, ...headers },
      ...(body !== undefined && { body }),
      isWeak: use === 'watch',
    };
    exchange.abort = target.send(request, exchange);
    return exchange;
  }
}
