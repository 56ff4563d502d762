import { setTimeout } from 'node:timers/promises';
import type { Secret } from '../../base/index.ts';
import { type AnswerSink, createEgress, type Egress } from '../../http/index.ts';
import { FrameSplitter, parseFrame, readPosition } from '../../mcp/index.ts';
import { Refusal } from '../refusal.ts';

const MOST_BYTES = 1024 * 1024;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export type Following = {
  readonly url: URL;
  readonly token: Secret;
  readonly onEvent: (event: string, data: string) => void;
  /** The way to the gateway is gone, and sought again. */
  readonly onGap: (says: string) => void;
};

/** What no second try mends. */
function refusalOf(status: number, body: string): Refusal | undefined {
  if (status < 400 || status === 429 || status >= 500) return undefined;
  const [, says = `It answers ${status}`] = /"message":"([^"]*)"/.exec(body) ?? [];
  return new Refusal(`The gateway refuses: ${says}. Tail needs an API key with the scope audit.`);
}

type Place = { id: string | undefined };

/** One reading of the feed, until it ends in whichever way. */
class FeedSink implements AnswerSink {
  readonly #following: Following;
  readonly #place: Place;
  readonly #splitter = new FrameSplitter(MOST_BYTES);
  readonly #over = Promise.withResolvers<void>();
  #status = 0;
  #refusal = '';

  constructor(following: Following, place: Place) {
    this.#following = following;
    this.#place = place;
  }

  get over(): Promise<void> {
    return this.#over.promise;
  }

  onStart(status: number): void {
    this.#status = status;
  }

  onData(chunk: Buffer): void {
    if (this.#status !== 200) {
      this.#refusal = `${this.#refusal}${chunk}`.slice(0, 4096);
      return;
    }
    for (const frame of this.#splitter.push(chunk)) {
      this.#place.id = readPosition(frame).id ?? this.#place.id;
      const told = parseFrame(frame);
      if (told) this.#following.onEvent(told.event, told.data);
    }
  }

  onEnd(): void {
    const refusal = refusalOf(this.#status, this.#refusal);
    if (refusal) this.#over.reject(refusal);
    else if (this.#status === 200) this.#over.resolve();
    else this.#over.reject(new Error(`there is no feed at ${this.#following.url.host} (${this.#status})`));
  }

  onFailure(failure: { readonly cause?: unknown }): void {
    const { cause } = failure;
    this.#over.reject(cause instanceof Error ? cause : new Error('the connection broke'));
  }
}

async function readOn(egress: Egress, following: Following, place: Place): Promise<void> {
  const { url, token } = following;
  const sink = new FeedSink(following, place);
  const headers = {
    authorization: `Bearer ${token.reveal()}`,
    accept: 'text/event-stream',
    ...(place.id !== undefined && { 'last-event-id': place.id }),
  };
  egress
    .target(url, { isPrivateAllowed: true })
    .send({ method: 'GET', path: url.pathname + url.search, headers }, sink);
  await sink.over;
}

/** Follows the feed of a gateway until it is refused; where the way breaks off, it goes on from the same place. */
export async function follow(following: Following): Promise<never> {
  const egress = createEgress();
  const place: Place = { id: undefined };
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const before = place.id;
    try {
      await readOn(egress, following, place);
      following.onGap('the gateway ended the feed; it is asked again');
    } catch (error) {
      if (!(error instanceof Refusal)) following.onGap(`${(error as Error).message}; it is tried again`);
      else {
        await egress.close();
        throw error;
      }
    }
    if (place.id !== before) wait = FIRST_WAIT_MS;
    await setTimeout(wait);
  }
}
