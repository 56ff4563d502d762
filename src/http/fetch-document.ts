import { BlockedAddress, type Egress, type EgressFailure } from './egress.ts';

export type DocumentRequest = {
  readonly url: URL;
  /** GET unless said. */
  readonly method?: 'GET' | 'POST';
  readonly body?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the host may lie in a private network. */
  readonly isPrivateAllowed: boolean;
  readonly maxBytes: number;
  /** For all of it, in milliseconds. */
  readonly ms: number;
};

export type Fetched =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
    }
  | { readonly ok: false; readonly why: EgressFailure['kind'] | 'too_large' | 'too_slow' };

function textHeaders(given: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const pairs = Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(pairs.filter(([, value]) => typeof value === 'string')) as Record<string, string>;
}

/**
 * One document that somebody else named, or the answer to one form: no redirect is followed, the address is checked where it is connected to,
 * size and time are bounded.
 */
export function fetchDocument(egress: Egress, request: DocumentRequest): Promise<Fetched> {
  const { url, method = 'GET', body, headers, isPrivateAllowed, maxBytes, ms } = request;
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let head: { status: number; headers: Record<string, string> } = { status: 0, headers: {} };
    let size = 0;
    let abort = (): void => {};
    const end = (fetched: Fetched): void => {
      clearTimeout(timer);
      resolve(fetched);
      if (!fetched.ok) abort();
    };
    const timer = setTimeout(() => end({ ok: false, why: 'too_slow' }), ms);
    try {
      const target = egress.target(url, { isPrivateAllowed });
      const path = url.pathname + url.search;
      const sent = { 'accept-encoding': 'identity', ...headers };
      const asked = { method, path, headers: sent, ...(body !== undefined && { body }) };
      abort = target.send(asked, {
        onStart: (status, given) => {
          head = { status, headers: textHeaders(given) };
        },
        onData: chunk => {
          size += chunk.length;
          if (size > maxBytes) return end({ ok: false, why: 'too_large' });
          chunks.push(chunk);
        },
        onEnd: () => end({ ok: true, ...head, body: Buffer.concat(chunks) }),
        onFailure: ({ kind }) => end({ ok: false, why: kind }),
      });
    } catch (error) {
      if (!(error instanceof BlockedAddress)) throw error;
      end({ ok: false, why: 'blocked' });
    }
  });
}
