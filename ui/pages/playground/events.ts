import type { Json } from './wire.ts';

/** Where a stream is: what it goes on from, and when, if the server says so. */
export type Place = { lastId?: string; retryMs?: number };

const fieldsOf = (event: string, name: string): readonly string[] =>
  event
    .split(/\r?\n/)
    .filter(line => line.startsWith(`${name}:`))
    .map(line => line.slice(name.length + 1).trimStart());

function note(event: string, place: Place): void {
  const id = fieldsOf(event, 'id').at(-1);
  if (id !== undefined) place.lastId = id;
  const retry = fieldsOf(event, 'retry').at(-1);
  if (retry !== undefined && /^\d+$/.test(retry)) place.retryMs = Number(retry);
}

const isStream = (response: Response): boolean =>
  response.headers.get('content-type')?.includes('text/event-stream') === true;

/** Reads server-sent events (HTML standard) or one JSON body; each message is told as it comes. */
export async function readMessages(
  response: Response,
  tell: (message: Json) => Promise<void> | void,
  place: Place = {},
): Promise<void> {
  if (!isStream(response)) {
    const text = await response.text();
    if (text !== '') await tell(JSON.parse(text) as Json);
    return;
  }
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let kept = '';
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return;
    kept += value;
    const events = kept.split(/\r?\n\r?\n/);
    kept = events.pop() ?? '';
    for (const event of events) {
      // Before it is read: what cannot be read is not asked for again.
      note(event, place);
      const data = fieldsOf(event, 'data').join('\n');
      if (data !== '') await tell(JSON.parse(data) as Json);
    }
  }
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Reads it to its end, and tells whether another one is worth asking for. */
async function readOnce(response: Response, tell: (message: Json) => void, place: Place): Promise<boolean> {
  if (response.ok && isStream(response)) {
    await readMessages(response, tell, place);
    return true;
  }
  await response.body?.cancel();
  if (response.status >= 500) return true;
  // What the gateway no longer goes on from may begin anew; else it has no such stream, or knows no such session.
  const { lastId } = place;
  delete place.lastId;
  return lastId !== undefined && response.status === 400;
}

/** Keeps a stream of what belongs to no request, again and again from where it was, until it is stopped. */
export async function listen(
  open: (lastId: string | undefined) => Promise<Response>,
  tell: (message: Json) => void,
  signal: AbortSignal,
): Promise<void> {
  const place: Place = {};
  let wait = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const began = Date.now();
    const isWanted = await open(place.lastId)
      .then(response => readOnce(response, tell, place))
      .catch(() => true);
    if (!isWanted || signal.aborted) return;
    if (Date.now() - began > LONGEST_PAUSE_MS) wait = FIRST_PAUSE_MS;
    await pause(place.retryMs ?? wait, signal);
    wait = Math.min(LONGEST_PAUSE_MS, wait * 2);
  }
}
