import type { SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqliteFile } from './sqlite-messages.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** A thread that answers: the one that writes, or the one of reports. */
type Thread = Pick<SqliteThread, 'ask' | 'locks'>;

class ThreadConnection implements DatabaseConnection {
  readonly #thread: Thread;
  readonly #file: SqliteFile;
  readonly release: () => void;

  constructor(thread: Thread, file: SqliteFile, release: () => void) {
    this.#thread = thread;
    this.#file = file;
    this.release = release;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const answer = await this.#thread.ask({
      kind: 'query',
      file: this.#file,
      sql,
      parameters: parameters as readonly SQLInputValue[],
    });
    return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.changes) };
  }

  /** The interface asks for it; nothing in the store streams, so all rows come as one piece. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}

/** Whoever holds the connection holds the file: a statement never slips into another's transaction. */
function createDriver(thread: Thread, file: SqliteFile): Driver {
  const say = async (connection: DatabaseConnection, sql: string) => {
    await connection.executeQuery(CompiledQuery.raw(sql));
  };
  return {
    init: async () => {},
    acquireConnection: async () => new ThreadConnection(thread, file, await thread.locks[file].take()),
    // Immediate: a transaction that reads first and writes later would else fail when another process wrote between.
    beginTransaction: connection => say(connection, 'begin immediate'),
    commitTransaction: connection => say(connection, 'commit'),
    rollbackTransaction: connection => say(connection, 'rollback'),
    releaseConnection: async connection => (connection as ThreadConnection).release(),
    destroy: async () => {},
  };
}

/** Kysely's SQLite, spoken to one file of the thread. */
export function createSqliteDialect(thread: Thread, file: SqliteFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(thread, file),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}
