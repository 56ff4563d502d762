import { Worker } from 'node:worker_threads';
import { Lock } from './lock.ts';
import type { SqliteAnswer, SqliteAsk, SqliteFile, SqliteReply, SqliteRequest } from './sqlite-messages.ts';

type Waiting = {
  readonly resolve: (answer: SqliteAnswer) => void;
  readonly reject: (error: Error) => void;
};

/** In the checkout this file is TypeScript; in the bundle both are JavaScript and lie side by side. */
function workerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./sqlite-worker.${extension}`, import.meta.url);
}

/** The thread that owns the embedded database. It keeps the process alive only while an answer is awaited. */
export class SqliteThread {
  readonly locks: Readonly<Record<SqliteFile, Lock>> = { gateway: new Lock(), ledger: new Lock() };
  readonly #worker = new Worker(workerUrl(), { name: 'store', execArgv: [] });
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #dead: Error | undefined;
  #asked = 0;

  constructor() {
    this.#worker.on('message', (reply: SqliteReply) => this.#settle(reply));
    this.#worker.on('error', error => this.#die(error));
    this.#ended = new Promise(resolve => {
      this.#worker.once('exit', () => {
        this.#die(new Error('The store is closed'));
        resolve();
      });
    });
    this.#worker.unref();
  }

  ask(ask: SqliteAsk): Promise<SqliteAnswer> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<SqliteAnswer>();
    if (this.#waiting.size === 0) this.#worker.ref();
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ id, ask } satisfies SqliteRequest);
    return promise;
  }

  /** Resolves when everything asked before is on disk and the thread has ended. */
  async close(): Promise<void> {
    if (this.#dead) return this.#ended;
    await this.ask({ kind: 'close' });
    this.#dead = new Error('The store is closed');
    this.#worker.ref();
    await this.#ended;
  }

  #settle(reply: SqliteReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('answer' in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}
