import { readSse } from '../../support/sse.ts';

/** One HTTP exchange, as bytes of JSON. */
export type Answered = {
  readonly status: number;
  /** Media type alone. */
  readonly type: string;
  readonly session: string | undefined;
  /** The messages in the order of their arrival, as their texts; the body where it is no JSON-RPC. */
  readonly texts: readonly string[];
  /** Why the body ended before it should. */
  readonly broken: string | undefined;
};

export type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
  /** Sees each message as it comes. */
  readonly onText?: ((text: string) => void | Promise<void>) | undefined;
};

const ACCEPT = 'application/json, text/event-stream';

export async function post({ url, headers, body, signal, onText }: Post): Promise<Answered> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', accept: ACCEPT, ...headers },
    body,
    ...(signal && { signal }),
  });
  const texts: string[] = [];
  let broken: string | undefined;
  try {
    for await (const text of textsOf(response)) {
      texts.push(text);
      await onText?.(text);
    }
  } catch (error) {
    broken = signal?.aborted ? 'left' : error instanceof Error ? error.name : 'broken';
  }
  return {
    status: response.status,
    type: response.headers.get('content-type')?.split(';')[0] ?? '',
    session: response.headers.get('mcp-session-id') ?? undefined,
    texts,
    broken,
  };
}

async function* textsOf(response: Response): AsyncGenerator<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const text = await response.text();
    if (text !== '') yield text;
    return;
  }
  for await (const { data } of readSse(response.body)) if (data !== '') yield data;
}

/** A stream that stays open: what came on it so far, and the way to close it. */
export type Stream = {
  readonly texts: readonly string[];
  /** Leaves out the changes that came so far. */
  readonly forget: () => void;
  readonly close: () => void;
};

/** Opens a GET stream, or one by a POST whose answer begins at once. */
export async function openStream(url: string, init: RequestInit): Promise<Stream> {
  const cut = new AbortController();
  const response = await fetch(url, { ...init, signal: cut.signal });
  const texts: string[] = [];
  const read = async () => {
    for await (const text of textsOf(response)) texts.push(text);
  };
  read().catch(() => {});
  const isChange = (text: string) => text.includes('_changed"') || text.includes('/updated"');
  const forget = () => void texts.splice(0, texts.length, ...texts.filter(text => !isChange(text)));
  return { texts, forget, close: () => cut.abort() };
}

/** Waits until `isTrue`, at most `ms`: what did not come by then is a finding, not an error. */
export async function until(isTrue: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!isTrue() && performance.now() < end) await new Promise(resolve => setTimeout(resolve, 5));
}
