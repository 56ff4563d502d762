import { Lock } from './lock.ts';
import type { SqliteAnswer, SqliteAsk, SqliteFile } from './sqlite-messages.ts';
import { SqliteThread } from './sqlite-thread.ts';

/**
 * A second thread that only reads: a report over millions of rows holds up no write. It starts with the first
 * question, as most processes never ask one.
 */
export class SqliteReader {
  readonly locks: Readonly<Record<SqliteFile, Lock>> = { gateway: new Lock(), ledger: new Lock() };
  readonly #paths: Readonly<Record<SqliteFile, string>>;
  #opened: Promise<SqliteThread> | undefined;

  constructor(paths: Readonly<Record<SqliteFile, string>>) {
    this.#paths = paths;
  }

  async ask(ask: SqliteAsk): Promise<SqliteAnswer> {
    this.#opened ??= this.#open();
    return (await this.#opened).ask(ask);
  }

  async close(): Promise<void> {
    const thread = await this.#opened?.catch(() => undefined);
    await thread?.close();
  }

  async #open(): Promise<SqliteThread> {
    const thread = new SqliteThread();
    try {
      await thread.ask({ kind: 'open', paths: this.#paths, isReadOnly: true });
      return thread;
    } catch (error) {
      this.#opened = undefined;
      await thread.close();
      throw error;
    }
  }
}
