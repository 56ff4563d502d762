import { sql } from 'kysely';
import type { Sealing } from '../../base/index.ts';
import { type Db, touched } from '../change.ts';
import { resealServer } from './sealed-server.ts';
import type { Purpose, Resealed } from './types.ts';

/** A column of sealed texts: what each is bound to, by its row. */
type Column = {
  readonly purpose: Purpose;
  readonly table: string;
  readonly column: string;
  readonly key: readonly string[];
  boundTo(key: readonly string[]): string;
};

const COLUMNS: readonly Column[] = [
  {
    purpose: 'connections',
    table: 'connections',
    column: 'payload',
    key: ['server', 'owner'],
    boundTo: key => `connection:${JSON.stringify(key)}`,
  },
  {
    purpose: 'connections',
    table: 'upstream_clients',
    column: 'metadata',
    key: ['issuer', 'redirect_uri'],
    boundTo: key => `client:${JSON.stringify(key)}`,
  },
  {
    purpose: 'connections',
    table: 'connect_states',
    column: 'payload',
    key: ['hash'],
    boundTo: ([hash]) => `state:${hash}`,
  },
  {
    purpose: 'oauth',
    table: 'oauth_artifacts',
    column: 'payload',
    key: ['kind', 'hash'],
    boundTo: key => key.join(':'),
  },
  {
    purpose: 'signing',
    table: 'signing_keys',
    column: 'sealed_private_jwk',
    key: ['kid'],
    boundTo: ([kid = '']) => kid,
  },
];

type Row = Readonly<Record<string, string>>;

/** Each text is written only over the one that was read: what changes meanwhile is sealed by the newest key anyway. */
async function resealColumn(db: Db, column: Column, seal: Sealing): Promise<Resealed> {
  const { table, key, boundTo } = column;
  const names = key.map(name => sql.ref(name));
  const select = sql<Row>`select ${sql.join(names)}, ${sql.ref(column.column)} as "sealed" from ${sql.table(table)}`;
  const done = { resealed: 0, unreadable: 0 };
  for (const row of (await select.execute(db)).rows) {
    const sealed = row.sealed ?? '';
    if (seal.isNewest(sealed)) continue;
    const of = key.map(name => row[camel(name)] ?? row[name] ?? '');
    const plain = seal.open(sealed, boundTo(of));
    if (!plain) {
      done.unreadable++;
      continue;
    }
    const where = sql.join(
      key.map((name, at) => sql`${sql.ref(name)} = ${of[at]}`),
      sql` and `,
    );
    const next = seal.close(plain, boundTo(of));
    await sql`update ${sql.table(table)} set ${sql.ref(column.column)} = ${next} where ${where} and ${sql.ref(column.column)} = ${sealed}`.execute(
      db,
    );
    done.resealed++;
  }
  return done;
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Secrets stand inside the JSON of a server's columns. */
async function resealServers(db: Db, seal: Sealing): Promise<Resealed> {
  const done = { resealed: 0, unreadable: 0 };
  for (const row of await db.selectFrom('servers').selectAll().execute()) {
    const next = resealServer(seal, row);
    if (next === 'newest') continue;
    if (next === 'unreadable') {
      done.unreadable++;
      continue;
    }
    const write = db.updateTable('servers').set(next).where('name', '=', row.name);
    const same = write.where('auth', '=', row.auth).where('headers', '=', row.headers);
    if (touched(await same.where('transport', '=', row.transport).executeTakeFirst())) done.resealed++;
  }
  return done;
}

/** Seals everything anew that another key than the newest one sealed. */
export async function resealAll(db: Db, sealFor: (purpose: Purpose) => Sealing): Promise<Resealed> {
  let { resealed, unreadable } = await resealServers(db, sealFor('credentials'));
  for (const column of COLUMNS) {
    const done = await resealColumn(db, column, sealFor(column.purpose));
    resealed += done.resealed;
    unreadable += done.unreadable;
  }
  return { resealed, unreadable };
}
