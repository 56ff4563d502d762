import { type AnswerHeaders, BlockedAddress, type Egress, type EgressFailure } from '../../http/index.ts';
import { FrameSplitter, isObject, parseFrame } from '../../mcp/index.ts';
import { contentType } from '../../upstream/index.ts';
import { Stop } from './hops.ts';
import type { ProblemName } from './problems.ts';

export type Asked = {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The JSON-RPC id whose answer is all that is wanted of a stream. */
  readonly rpcId?: number;
};

export type Answer = {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string;
};

/** One request with its whole answer. Throws a Stop where none came. Redirects are answers like others. */
export type Ask = (url: URL, asked?: Asked) => Promise<Answer>;

const MOST_BYTES = 256 * 1024;

const FAILURES: Readonly<Record<EgressFailure['kind'], ProblemName>> = {
  unreachable: 'unreachable',
  blocked: 'blocked_address',
  broken: 'broken_off',
  invalid: 'not_http',
  aborted: 'too_slow',
  full: 'unreachable',
  paused: 'unreachable',
  unconnected: 'unreachable',
};

/** The innermost word of why: a code such as ECONNREFUSED or CERT_HAS_EXPIRED where there is one. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  // Of several addresses that were tried, the first one's reason.
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  if (inner instanceof Error) return reasonOf(inner);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

export type AskRules = {
  readonly egress: Egress;
  readonly agent: string;
  /** When the hop must be over, by `performance.now()`. */
  readonly until: number;
};

export function createAsk({ egress, agent, until }: AskRules): Ask {
  return (url, asked = {}) =>
    new Promise((resolve, reject) => {
      const stop = (name: ProblemName, why = ''): void => {
        reject(new Stop(name, `${url.origin}${url.pathname}${why && `: ${why}`}`));
      };
      const headers = { accept: 'application/json', ...asked.headers, 'user-agent': agent };
      const { method = 'GET', body } = asked;
      const path = `${url.pathname}${url.search}`;
      const gathered = new Gathered(asked.rpcId, resolve, () => stop('too_large'));
      let abort = (): void => {};
      const timer = setTimeout(() => abort(), Math.max(0, until - performance.now()));
      const over = (work: () => void): void => {
        clearTimeout(timer);
        work();
      };
      try {
        // An operator looks at servers of their own: private addresses are fine, those of metadata services never.
        const target = egress.target(url, { isPrivateAllowed: true });
        abort = target.send(
          { method, path, headers, ...(body === undefined ? {} : { body }) },
          {
            onStart: (status, received, flow) => gathered.start(status, received, () => flow.abort()),
            onData: chunk => gathered.push(chunk),
            onEnd: () => over(() => gathered.end()),
            onFailure: ({ kind, cause }) =>
              over(() => stop(FAILURES[kind], kind === 'aborted' ? '' : reasonOf(cause))),
          },
        );
      } catch (error) {
        over(() => (error instanceof BlockedAddress ? stop('blocked_address') : reject(error)));
      }
    });
}

/** An answer as it comes in; what is more than enough is not waited for. */
class Gathered {
  readonly #rpcId: number | undefined;
  readonly #done: (answer: Answer) => void;
  readonly #tooLarge: () => void;
  #status = 0;
  #headers: AnswerHeaders = {};
  #chunks: Buffer[] = [];
  #size = 0;
  #frames: FrameSplitter | undefined;
  #abort = (): void => {};

  constructor(rpcId: number | undefined, done: (answer: Answer) => void, tooLarge: () => void) {
    this.#rpcId = rpcId;
    this.#done = done;
    this.#tooLarge = tooLarge;
  }

  start(status: number, headers: AnswerHeaders, abort: () => void): void {
    this.#status = status;
    this.#headers = headers;
    this.#abort = abort;
    const isStream = this.#rpcId !== undefined && contentType(headers) === 'text/event-stream';
    if (isStream) this.#frames = new FrameSplitter(MOST_BYTES);
  }

  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MOST_BYTES) {
      this.#tooLarge();
      return this.#abort();
    }
    if (!this.#frames) return void this.#chunks.push(chunk);
    for (const frame of this.#frames.push(chunk)) this.#frame(parseFrame(frame)?.data ?? '');
  }

  end(): void {
    if (this.#frames) this.#frame(parseFrame(this.#frames.end())?.data ?? '');
    this.#finish(Buffer.concat(this.#chunks).toString('utf8'));
  }

  #frame(data: string): void {
    const message = readJson(data);
    if (!isObject(message) || message.id !== this.#rpcId || typeof message.method === 'string') return;
    this.#finish(data);
    this.#abort();
  }

  #finish(body: string): void {
    this.#done({ status: this.#status, headers: this.#headers, body });
  }
}

/** The value that a text is, or undefined where it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One header as one text. */
export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
