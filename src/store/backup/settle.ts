import type { Sealing } from '../../base/index.ts';
import { boundTo } from '../connections/accounts.ts';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { DataKeys } from '../sealing/data-keys.ts';
import { fromRow } from '../sealing/sealed-server.ts';
import type { StoreDeps } from '../types.ts';

export type Unreadable = {
  /** Servers whose credential was taken away: they are off until it is entered again. */
  readonly servers: readonly string[];
  readonly signingKeys: number;
  /** Accounts at servers that have to be connected again. */
  readonly accounts: number;
};

function opens(seal: Sealing, row: Schema['servers']): boolean {
  try {
    fromRow(seal, row);
    return true;
  } catch {
    return false;
  }
}

function withoutSecrets({ transport }: Schema['servers']) {
  const kept = JSON.parse(transport);
  const bare = kept.kind === 'stdio' ? { ...kept, env: {} } : kept;
  return { transport: JSON.stringify(bare), auth: '{"kind":"none"}', headers: '{}', enabled: 0 as const };
}

/** A server is not called without the credential that it had: it is off. */
async function settleServers({ gateway }: Database, seal: Sealing): Promise<readonly string[]> {
  const rows = await gateway.selectFrom('servers').selectAll().orderBy('name').execute();
  const closed = rows.filter(row => !opens(seal, row));
  for (const row of closed)
    await gateway.updateTable('servers').set(withoutSecrets(row)).where('name', '=', row.name).execute();
  return closed.map(row => row.name);
}

async function settleSigningKeys({ gateway }: Database, seal: Sealing): Promise<number> {
  const rows = await gateway.selectFrom('signingKeys').selectAll().execute();
  const closed = rows.filter(row => !seal.open(row.sealedPrivateJwk, row.kid));
  for (const { kid } of closed) await gateway.deleteFrom('signingKeys').where('kid', '=', kid).execute();
  return closed.length;
}

async function settleAccounts({ gateway }: Database, seal: Sealing): Promise<number> {
  const rows = await gateway.selectFrom('connections').selectAll().execute();
  const closed = rows.filter(row => !seal.open(row.payload, boundTo(row)));
  for (const { server, owner } of closed) {
    const gone = gateway.deleteFrom('connections').where('server', '=', server);
    await gone.where('owner', '=', owner).execute();
  }
  return closed.length;
}

/** What was sealed with another master key is taken out, so that the gateway starts without it. */
export async function settleSealed(database: Database, deps: StoreDeps): Promise<Unreadable> {
  const keys = new DataKeys(database.gateway, { master: deps.master, former: deps.formerMaster });
  await keys.load();
  const settled = {
    servers: await settleServers(database, keys.sealFor('credentials')),
    signingKeys: await settleSigningKeys(database, keys.sealFor('signing')),
    accounts: await settleAccounts(database, keys.sealFor('connections')),
  };
  await keys.forgetUnreadable();
  return settled;
}
