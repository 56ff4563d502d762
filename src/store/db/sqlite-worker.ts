import { closeSync, existsSync, openSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { LogFiles } from '../logs/log-files.ts';
import { LOG_FILES, lineOf } from '../logs/log-lines.ts';
import { countedOf } from './database.ts';
import type {
  SqliteAnswer,
  SqliteAsk,
  SqliteFile,
  SqliteInsert,
  SqliteReply,
  SqliteRequest,
} from './sqlite-messages.ts';
import { SqliteRollups, teachHistograms } from './sqlite-rollups.ts';

// The only module that opens the embedded database: node:sqlite is synchronous, so it must not run on the thread
// that serves requests.

type Connection = { readonly database: DatabaseSync; readonly statements: Map<string, StatementSync> };

const NOTHING: SqliteAnswer = { rows: [], changes: 0 };
const KEPT_STATEMENTS = 200;
/** So long another process may hold the file. Batches of requests are tried again: nothing else waits for them. */
const PATIENT_MS = 5_000;
const IMPATIENT_MS = 250;
const connections = new Map<SqliteFile, Connection>();
const rollups = new SqliteRollups();
let logFiles: LogFiles | undefined;
/** How rows of a table are said, laid out once. */
const lines = new Map<string, ReturnType<typeof lineOf>>();

/** Node 22 warns that SQLite is experimental, on each start; that one warning says nothing to a user. */
function silenceOneWarning(): void {
  const emit = process.emitWarning.bind(process) as (...given: readonly unknown[]) => void;
  process.emitWarning = (...given: readonly unknown[]) => {
    if (!String(given[0]).startsWith('SQLite is an experimental feature')) emit(...given);
  };
}

function sqlite(): typeof import('node:sqlite') {
  return process.getBuiltinModule('node:sqlite');
}

/** Two processes that switch one new file to WAL at once: the loser is told "locked" without a wait. */
function patiently(work: () => void): void {
  for (let tries = 0; ; tries++) {
    try {
      work();
      return;
    } catch (error) {
      if (tries === 250 || !/locked|busy/i.test(String(error))) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** How a file is written. Rows that only come, in thousands, cost a fifth less in pages of four times the size. */
type Manner = { readonly synchronous: 'FULL' | 'NORMAL'; readonly pageBytes: 4096 | 16384 };

function connect(path: string, { synchronous, pageBytes }: Manner): Connection {
  // SQLite gives its -wal and -shm files the mode of the main file.
  closeSync(openSync(path, 'a', 0o600));
  const database = new (sqlite().DatabaseSync)(path);
  database.exec(`PRAGMA busy_timeout = ${PATIENT_MS}`);
  // Of a new file alone: said again it would be written again, and whoever only looks leaves a file as it is.
  if (database.prepare('PRAGMA page_count').get()?.page_count === 0)
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL`);
  patiently(() => database.exec('PRAGMA journal_mode = WAL'));
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  database.exec('PRAGMA foreign_keys = ON');
  teachHistograms(database);
  return { database, statements: new Map() };
}

function connectToRead(path: string): Connection {
  const database = new (sqlite().DatabaseSync)(path, { readOnly: true });
  database.exec(`PRAGMA busy_timeout = ${PATIENT_MS}`);
  teachHistograms(database);
  return { database, statements: new Map() };
}

/** Whether the file holds the tables of the Python gateway, whose servers have integer ids. */
function hasReferenceTables(database: DatabaseSync): boolean {
  const found = database
    .prepare(
      `select count(*) as tables from sqlite_master where type = 'table' and (name = 'auth_audit_log'
       or (name = 'mcp_servers' and exists (select 1 from pragma_table_info('mcp_servers')
           where name = 'id' and upper(type) = 'INTEGER')))`,
    )
    .get();
  return Number(found?.tables) === 2;
}

/** `immutable` leaves no -shm or -wal beside the file; what lies in a -wal is seen without it only. */
function readTables(path: string, isImmutable: boolean): boolean {
  const url = pathToFileURL(path);
  url.search = isImmutable ? 'immutable=1' : '';
  const database = new (sqlite().DatabaseSync)(url, { readOnly: true });
  try {
    return hasReferenceTables(database);
  } catch {
    return false;
  } finally {
    database.close();
  }
}

function recognise(path: string): SqliteAnswer {
  if (!existsSync(path)) return NOTHING;
  const found = readTables(path, true) || (existsSync(`${path}-wal`) && readTables(path, false));
  return found ? { rows: [true], changes: 0 } : NOTHING;
}

function open({ paths, isReadOnly }: SqliteAsk & { kind: 'open' }): SqliteAnswer {
  if (isReadOnly) {
    for (const file of ['gateway', 'ledger'] as const) connections.set(file, connectToRead(paths[file]));
    return NOTHING;
  }
  for (const path of Object.values(paths)) {
    if (recognise(path).rows.length === 0) continue;
    throw new Error(
      `${path} is the database of the Python gateway and is left alone; choose another data directory`,
    );
  }
  connections.set('gateway', connect(paths.gateway, { synchronous: 'FULL', pageBytes: 4096 }));
  connections.set('ledger', connect(paths.ledger, { synchronous: 'NORMAL', pageBytes: 16384 }));
  return NOTHING;
}

function connection(file: SqliteFile): Connection {
  const found = connections.get(file);
  if (!found) throw new Error('The database is not open');
  return found;
}

function prepare({ database, statements }: Connection, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  const made = database.prepare(sql);
  if (statements.size >= KEPT_STATEMENTS) statements.clear();
  statements.set(sql, made);
  return made;
}

function query(ask: SqliteAsk & { kind: 'query' }): SqliteAnswer {
  const statement = prepare(connection(ask.file), ask.sql);
  if (statement.columns().length > 0) {
    const rows = statement.all(...ask.parameters);
    return { rows, changes: rows.length };
  }
  return { rows: [], changes: Number(statement.run(...ask.parameters).changes) };
}

/** A full disk ends the transaction by itself. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('rollback');
  } catch {
    // There is none any more.
  }
}

function append(ask: SqliteAsk & { kind: 'append' }): SqliteAnswer {
  const to = connection(ask.file);
  const isOfRequests = ask.inserts.some(({ counted }) => counted !== undefined);
  if (isOfRequests) to.database.exec(`PRAGMA busy_timeout = ${IMPATIENT_MS}`);
  try {
    to.database.exec('begin immediate');
  } finally {
    if (isOfRequests) to.database.exec(`PRAGMA busy_timeout = ${PATIENT_MS}`);
  }
  const written: Logged[] = [];
  try {
    for (const insert of ask.inserts) {
      const statement = insert.sql === undefined ? undefined : prepare(to, insert.sql);
      const rows: SQLInputValue[][] = JSON.parse(insert.rows);
      const fresh = statement ? rows.filter(row => statement.run(...row).changes > 0) : rows;
      written.push({ insert, rows: fresh });
      const { counted } = insert;
      if (counted)
        rollups.count(
          fresh.map(row => countedOf(row, counted)),
          sql => prepare(to, sql),
        );
    }
    to.database.exec('commit');
  } catch (error) {
    rollBack(to.database);
    throw error;
  }
  return ask.logDir === undefined ? NOTHING : log(ask.logDir, written);
}

type Logged = { readonly insert: SqliteInsert; readonly rows: readonly (readonly unknown[])[] };

/** What the disk says against it is the answer: the rows themselves are kept already. */
function log(dir: string, all: readonly Logged[]): SqliteAnswer {
  logFiles ??= new LogFiles(dir);
  try {
    for (const { insert, rows } of all) {
      const file = LOG_FILES[insert.table];
      if (file === undefined || rows.length === 0) continue;
      const line = lines.get(insert.table) ?? lineOf(insert.columns);
      lines.set(insert.table, line);
      logFiles.append(file, rows.map(line).join(''));
    }
    return NOTHING;
  } catch (error) {
    return { rows: [(error as Error).message], changes: 0 };
  }
}

function close(): SqliteAnswer {
  for (const { database } of connections.values()) {
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process reads: its own end folds the log in.
    }
    database.close();
  }
  connections.clear();
  return NOTHING;
}

function answer(ask: SqliteAsk): SqliteAnswer {
  switch (ask.kind) {
    case 'open':
      return open(ask);
    case 'query':
      return query(ask);
    case 'append':
      return append(ask);
    case 'log':
      return log(
        ask.logDir,
        ask.inserts.map(insert => ({ insert, rows: JSON.parse(insert.rows) })),
      );
    case 'shrink':
      // By `exec`: a prepared statement would give back one page.
      connection(ask.file).database.exec('PRAGMA incremental_vacuum(1000)');
      return NOTHING;
    case 'recognise':
      return recognise(ask.path);
    case 'close':
      return close();
  }
}

function reply({ id, ask }: SqliteRequest): SqliteReply {
  try {
    return { id, answer: answer(ask) };
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string };
    return { id, error: { message, code } };
  }
}

silenceOneWarning();
parentPort?.on('message', (request: SqliteRequest) => {
  parentPort?.postMessage(reply(request));
  if (request.ask.kind === 'close') parentPort?.close();
});
