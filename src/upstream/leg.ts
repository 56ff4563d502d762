import { randomBytes } from 'node:crypto';
import { type Clock, Fault } from '../base/index.ts';
import {
  type AddressRule,
  type AnswerSink,
  BlockedAddress,
  type Egress,
  type EgressFailure,
  type Target,
} from '../http/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import { Breaker, type Reason, type Status } from './breaker.ts';
import { gather, type Reply } from './reply.ts';

const MAX_CALLS = 64;
const MAX_STREAMS = 1000;
/** Lists and handshakes of one server; a list of 2,000 tools is about 2 MB. */
const CONTROL_BYTES = 16 * 1024 * 1024;

export type LegDeps = {
  readonly egress: Egress;
  readonly clock: Clock;
  /** `allow` unless the settings say otherwise. */
  readonly isPrivateAllowed: boolean;
  onStatus(status: Status): void;
  onBlocked(): void;
};

/** `call` counts against the server's limit; `control` (answers, cancels, handshakes) never waits for it. */
export type LegUse = 'call' | 'stream' | 'control';

const REASONS: Readonly<Record<EgressFailure['kind'], Reason | undefined>> = {
  unreachable: 'unreachable',
  blocked: 'blocked',
  broken: undefined,
  invalid: 'invalid',
  aborted: undefined,
};

function credentialHeaders(entry: ServerEntry): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.headers)) headers[name.toLowerCase()] = value.reveal();
  const { auth } = entry;
  if (auth.kind === 'bearer') headers.authorization = `Bearer ${auth.token.reveal()}`;
  if (auth.kind === 'basic') {
    headers.authorization = `Basic ${Buffer.from(`${auth.user}:${auth.password.reveal()}`).toString('base64')}`;
  }
  if (auth.kind === 'headers')
    for (const [name, value] of Object.entries(auth.headers)) headers[name.toLowerCase()] = value.reveal();
  return headers;
}

function addressRule(entry: ServerEntry, isPrivateAllowed: boolean): AddressRule {
  // A name that was public when it was added and resolves to a private address later was taken over.
  if (entry.addressClass === 'public') return { isPrivateAllowed: false };
  return { isPrivateAllowed: entry.private === undefined ? isPrivateAllowed : entry.private === 'allow' };
}

/** The way to one server: its address, credential, limits and what is known of its health. */
export class Leg {
  readonly entry: ServerEntry;
  readonly #deps: LegDeps;
  readonly #breaker: Breaker;
  readonly #base: Record<string, string>;
  readonly #path: string;
  readonly #target: Target | undefined;
  readonly #idPrefix = randomBytes(12).toString('hex');
  #lastId = 0;
  #calls = 0;
  #streams = 0;

  constructor(entry: ServerEntry, deps: LegDeps) {
    this.entry = entry;
    this.#deps = deps;
    this.#breaker = new Breaker(deps.clock, deps.onStatus);
    this.#base = {
      ...credentialHeaders(entry),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'authmcp-gateway/2',
    };
    const url = entry.transport.kind === 'stdio' ? undefined : new URL(entry.transport.url);
    this.#path = url ? url.pathname + url.search : '';
    this.#target = url ? this.#open(url) : undefined;
  }

  get status(): Status {
    return this.#breaker.status;
  }

  /** An id of our own towards this server: unguessable, so that its quoted form means nothing else in an answer. */
  nextId(): string {
    return `${this.#idPrefix}-${++this.#lastId}`;
  }

  /** Throws at once what makes a call pointless: no way there, the pause of a dead server, or the server's limit. */
  check(use: LegUse): void {
    const { status } = this.#breaker;
    const server = this.entry.name;
    if (!this.#breaker.mayTry()) {
      const since = status.state === 'down' ? status.since : undefined;
      const retryAfterMs =
        status.state === 'down' ? Math.max(0, status.retryAt - this.#deps.clock.now()) : undefined;
      throw new Fault('upstream_unreachable', {
        data: { server, mayHaveRun: false, ...(since && { since }), ...(retryAfterMs && { retryAfterMs }) },
      });
    }
    if ((use === 'call' && this.#calls >= MAX_CALLS) || (use === 'stream' && this.#streams >= MAX_STREAMS)) {
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
    return this.#send('POST', { headers, body, sink, use });
  }

  get(headers: Readonly<Record<string, string>>, sink: AnswerSink): () => void {
    return this.#send('GET', { headers, sink, use: 'stream' });
  }

  /** Ends a session of ours; what the server says to it does not matter. */
  delete(headers: Readonly<Record<string, string>>): void {
    const sink = gather({ id: '', limit: 65_536, done: () => {} });
    this.#send('DELETE', { headers, sink, use: 'control' });
  }

  /** One request of the gateway's own, answered within `ms` milliseconds or `failed` with `timeout`. */
  ask(
    method: string,
    params: unknown,
    options: { headers: Readonly<Record<string, string>>; ms: number },
  ): Promise<Reply> {
    const id = this.nextId();
    return new Promise(resolve => {
      const done = (reply: Reply): void => {
        clearTimeout(timer);
        resolve(reply);
      };
      const timer = setTimeout(() => {
        this.timedOut();
        done({ kind: 'failed', failure: 'timeout' });
        abort();
      }, options.ms);
      const sink = gather({ id, limit: CONTROL_BYTES, done });
      const abort = this.post(JSON.stringify({ jsonrpc: '2.0', id, method, params }), options.headers, sink);
    });
  }

  /** A notification; nothing comes back. */
  tell(body: Buffer | string, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return new Promise(resolve => {
      this.post(body, headers, gather({ id: '', limit: 65_536, done: resolve }));
    });
  }

  timedOut(): void {
    this.#breaker.failed('timeout');
  }

  #open(url: URL): Target | undefined {
    try {
      return this.#deps.egress.target(url, addressRule(this.entry, this.#deps.isPrivateAllowed));
    } catch (error) {
      if (!(error instanceof BlockedAddress)) throw error;
      return undefined;
    }
  }

  #send(
    method: 'GET' | 'POST' | 'DELETE',
    call: {
      headers: Readonly<Record<string, string>>;
      body?: Buffer | string;
      sink: AnswerSink;
      use: LegUse;
    },
  ): () => void {
    const { headers, body, sink, use } = call;
    if (!this.#target) {
      this.#note('blocked');
      sink.onFailure({ kind: 'blocked', cause: undefined });
      return () => {};
    }
    this.#count(use, 1);
    const request = {
      method,
      path: this.#path,
      headers: { ...this.#base, ...headers },
      ...(body !== undefined && { body }),
    };
    return this.#target.send(request, this.#watched(sink, use));
  }

  /** Passes everything on and keeps count and health. */
  #watched(sink: AnswerSink, use: LegUse): AnswerSink {
    return {
      onStart: (status, headers, flow) => {
        if (status === 401 || status === 403) this.#breaker.failed('refused');
        else if (status < 500) this.#breaker.succeeded();
        sink.onStart(status, headers, flow);
      },
      onData: chunk => sink.onData(chunk),
      onEnd: () => {
        this.#count(use, -1);
        sink.onEnd();
      },
      onFailure: failure => {
        this.#count(use, -1);
        this.#note(failure.kind);
        sink.onFailure(failure);
      },
    };
  }

  #note(kind: EgressFailure['kind']): void {
    const reason = REASONS[kind];
    if (reason) this.#breaker.failed(reason);
    if (kind === 'blocked') this.#deps.onBlocked();
  }

  #count(use: LegUse, by: 1 | -1): void {
    if (use === 'call') this.#calls += by;
    if (use === 'stream') this.#streams += by;
  }
}
