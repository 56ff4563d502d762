import type { AnswerSink } from '../http/index.ts';
import { gather, type Reply } from './reply.ts';

/** How much may be under way, and how long. */
const MAX_SAYING = 256;
const SAYING_MS = 10_000;
const ANSWER_BYTES = 65_536;

/**
 * What is said to a server and needs no answer: notifications, answers to its questions, the end of a session. None of it
 * waits for calls, so a server that asks and asks and takes no reply would else fill the gateway with open connections.
 */
export class Saying {
  #underWay = 0;

  /** `send` begins it and returns the way to give it up. */
  say(send: (sink: AnswerSink) => () => void): Promise<Reply> {
    if (this.#underWay >= MAX_SAYING) return Promise.resolve({ kind: 'failed', failure: 'aborted' });
    this.#underWay++;
    return new Promise(resolve => {
      let abort = (): void => {};
      const timer = setTimeout(() => abort(), SAYING_MS).unref();
      const done = (reply: Reply): void => {
        clearTimeout(timer);
        this.#underWay--;
        resolve(reply);
      };
      abort = send(gather({ id: '', limit: ANSWER_BYTES, done }));
    });
  }
}
