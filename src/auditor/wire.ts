import { BlockedAddress, type Egress } from '../http/index.ts';

export type Exchange = {
  readonly url: URL;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whether what came so far is enough: streams need not end by themselves. */
  readonly isEnough?: (text: string) => boolean;
};

/** What came back. `none`: no whole answer, and why in a few words. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly kind: 'none'; readonly why: string };

export type WireDeps = {
  readonly egress: Egress;
  /** Which hosts may be private: those of servers that somebody configured (C2). */
  readonly isPrivateAllowed: (url: URL) => boolean;
  /** For one whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

const MAX_BYTES = 4 * 1024 * 1024;

/** What an address that the rule forbids comes to. */
export const BLOCKED = 'its address is not allowed';

const WHY: Readonly<Record<string, string>> = {
  unreachable: 'it cannot be reached',
  blocked: BLOCKED,
  broken: 'it closed the connection',
  invalid: 'it answered with something that is not HTTP',
  aborted: 'it was stopped',
};

function flatten(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
  );
  return Object.fromEntries(pairs) as Record<string, string>;
}

/**
 * The auditor's way to the network: one exchange at a time, as it is said, no redirect, bounded in bytes and time, to
 * addresses that are checked where they are connected to.
 */
export class Wire {
  readonly #deps: WireDeps;
  #count = 0;

  constructor(deps: WireDeps) {
    this.#deps = deps;
  }

  /** Exchanges so far. */
  get count(): number {
    return this.#count;
  }

  send(exchange: Exchange): Promise<Answer> {
    const { signal, timeoutMs } = this.#deps;
    this.#count++;
    return new Promise(resolve => {
      let abort = (): void => {};
      const end = (answer: Answer): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
        abort();
      };
      const onAbort = () => end({ kind: 'none', why: 'it was stopped' });
      const timer = setTimeout(() => end({ kind: 'none', why: `no answer in ${timeoutMs} ms` }), timeoutMs);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      try {
        abort = this.#dispatch(exchange, end);
      } catch (error) {
        if (!(error instanceof BlockedAddress)) throw error;
        end({ kind: 'none', why: BLOCKED });
      }
    });
  }

  #dispatch({ url, method = 'POST', headers, body, isEnough }: Exchange, end: (answer: Answer) => void) {
    const { egress, isPrivateAllowed } = this.#deps;
    const target = egress.target(url, { isPrivateAllowed: isPrivateAllowed(url) });
    let head = { status: 0, headers: {} as Readonly<Record<string, string>> };
    let text = '';
    const isStream = () => head.headers['content-type']?.startsWith('text/event-stream') ?? false;
    const whole = () => end({ kind: 'answer', ...head, text });
    const path = url.pathname + url.search;
    const sent = { 'accept-encoding': 'identity', 'user-agent': 'authmcp-gateway-audit/2', ...headers };
    return target.send(
      { method, path, headers: sent, ...(body !== undefined && { body }) },
      {
        onStart: (status, given) => {
          head = { status, headers: flatten(given) };
        },
        onData: chunk => {
          text += chunk.toString('utf8');
          if (text.length > MAX_BYTES || (isStream() && isEnough?.(text))) whole();
        },
        onEnd: whole,
        // What refuses a large message often answers and closes: the answer counts.
        onFailure: ({ kind }) =>
          head.status > 0 ? whole() : end({ kind: 'none', why: WHY[kind] ?? 'no answer' }),
      },
    );
  }
}
