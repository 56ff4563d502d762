import type { Seal, ServerName } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import { change, type Db, touched } from './change.ts';
import { fromRow, toRow } from './sealed-server.ts';
import type { Store } from './types.ts';

type Servers = Pick<
  Store,
  'listServers' | 'createServer' | 'updateServer' | 'deleteServer' | 'listGrants' | 'addGrant' | 'removeGrant'
>;

async function listServers(db: Db, seal: Seal): Promise<readonly ServerEntry[]> {
  const rows = await db.selectFrom('servers').selectAll().orderBy('createdAt').orderBy('name').execute();
  return rows.map(row => fromRow(seal, row));
}

function deleteServer(db: Db, name: ServerName): Promise<boolean> {
  return change(db, async tx => {
    await tx.deleteFrom('grants').where('server', '=', name).execute();
    await tx.deleteFrom('catalogue').where('server', '=', name).execute();
    return touched(await tx.deleteFrom('servers').where('name', '=', name).executeTakeFirst());
  });
}

function createGrants(db: Db): Pick<Store, 'listGrants' | 'addGrant' | 'removeGrant'> {
  return {
    listGrants: () => db.selectFrom('grants').selectAll().orderBy('userId').orderBy('server').execute(),
    addGrant: grant =>
      change(db, async tx => {
        const insert = tx.insertInto('grants').values(grant);
        return touched(await insert.onConflict(conflict => conflict.doNothing()).executeTakeFirst());
      }),
    removeGrant: ({ userId, server }) =>
      change(db, async tx => {
        const found = tx.deleteFrom('grants').where('userId', '=', userId).where('server', '=', server);
        return touched(await found.executeTakeFirst());
      }),
  };
}

/** The servers that an administrator added, and who may use which server. */
export function createServers(db: Db, seal: Seal): Servers {
  return {
    ...createGrants(db),
    listServers: () => listServers(db, seal),
    createServer: (server, now) =>
      change(db, async tx => {
        const insert = tx.insertInto('servers').values({ ...toRow(seal, server), createdAt: now });
        return touched(await insert.onConflict(conflict => conflict.doNothing()).executeTakeFirst());
      }),
    updateServer: server =>
      change(db, async tx => {
        const { name, ...rest } = toRow(seal, server);
        return touched(await tx.updateTable('servers').set(rest).where('name', '=', name).executeTakeFirst());
      }),
    deleteServer: name => deleteServer(db, name),
  };
}
