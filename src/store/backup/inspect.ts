import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { openPostgres } from '../db/open-postgres.ts';
import { openSqlite } from '../db/open-sqlite.ts';
import { migrations } from '../migrations/migrations.ts';
import { unwraps } from '../sealing/data-keys.ts';
import type { StoreDeps } from '../types.ts';

/** `none`: there is no database yet; `newer`: a later version wrote it; `pending`: the next start brings it up to date; `sealed`: with another master secret. */
export type Inspected =
  | { readonly kind: 'none' }
  | { readonly kind: 'newer'; readonly name: string }
  | { readonly kind: 'pending'; readonly count: number }
  | { readonly kind: 'sealed'; readonly keys: number }
  | { readonly kind: 'current'; readonly last: string };

async function appliedIn({ dialect, gateway, ledger }: Database): Promise<readonly string[]> {
  const files = dialect === 'postgres' ? [gateway] : [gateway, ledger];
  const names = files.map(async file => {
    const found = await sql<{ name: string }>`select name from schema_migrations`.execute(file);
    return found.rows.map(({ name }) => name);
  });
  return (await Promise.all(names)).flat();
}

/** How far the tables are, without any change. Throws one sentence when the database cannot be used. */
export async function inspectStore(deps: StoreDeps): Promise<Inspected> {
  const { dataDir, databaseUrl, master, formerMaster } = deps;
  if (!databaseUrl && !existsSync(join(dataDir, 'gateway.db'))) return { kind: 'none' };
  const database = await (databaseUrl ? openPostgres(databaseUrl) : openSqlite(dataDir));
  try {
    const applied = await appliedIn(database).catch((error: Error): readonly string[] => {
      if (/no such table|does not exist/.test(error.message)) return [];
      throw error;
    });
    if (applied.length === 0) return { kind: 'none' };
    const known: readonly string[] = migrations.map(({ name }) => name);
    const newer = applied.find(name => !known.includes(name));
    if (newer !== undefined) return { kind: 'newer', name: newer };
    const pending = known.filter(name => !applied.includes(name));
    if (pending.length > 0) return { kind: 'pending', count: pending.length };
    const wrapped = await database.gateway.selectFrom('dataKeys').select(['id', 'wrapped']).execute();
    const keys = wrapped.filter(row => !unwraps(row, { master, former: formerMaster })).length;
    return keys > 0 ? { kind: 'sealed', keys } : { kind: 'current', last: known.at(-1) ?? '' };
  } finally {
    await database.close();
  }
}
