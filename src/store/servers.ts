import type { Sealing, ServerName } from '../base/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import { setNewToolsIn } from './access/switches.ts';
import { change, type Db, touched } from './change.ts';
import { endConnectionsIn } from './connections/accounts.ts';
import { fromRow, toRow } from './sealing/sealed-server.ts';
import type { Store } from './types.ts';

type Servers = Pick<Store, 'listServers' | 'createServer' | 'updateServer' | 'deleteServer'>;

async function listServers(db: Db, seal: Sealing): Promise<readonly ServerEntry[]> {
  const rows = await db.selectFrom('servers').selectAll().orderBy('createdAt').orderBy('name').execute();
  return rows.map(row => fromRow(seal, row));
}

function deleteServer(db: Db, name: ServerName): Promise<boolean> {
  return change(db, async tx => {
    await endConnectionsIn(tx, name);
    for (const table of ['rules', 'toolPolicies', 'toolSwitches', 'withheld', 'toolMappings'] as const)
      await tx.deleteFrom(table).where('server', '=', name).execute();
    const limit = tx.deleteFrom('limits').where('subjectKind', '=', 'server');
    await limit.where('subjectId', '=', name).execute();
    await tx.deleteFrom('catalogue').where('server', '=', name).execute();
    return touched(await tx.deleteFrom('servers').where('name', '=', name).executeTakeFirst());
  });
}

/** The servers that an administrator added. */
export function createServers(db: Db, seal: Sealing): Servers {
  return {
    listServers: () => listServers(db, seal),
    createServer: (server, now, newTools = 'on') =>
      change(db, async tx => {
        const insert = tx.insertInto('servers').values({ ...toRow(seal, server), createdAt: now });
        const made = touched(await insert.onConflict(conflict => conflict.doNothing()).executeTakeFirst());
        // In one transaction: a tool that waits for review was never on.
        if (made && newTools !== 'on') await setNewToolsIn(tx, server.name, newTools);
        return made;
      }),
    updateServer: server =>
      change(db, async tx => {
        const { name, ...rest } = toRow(seal, server);
        return touched(await tx.updateTable('servers').set(rest).where('name', '=', name).executeTakeFirst());
      }),
    deleteServer: name => deleteServer(db, name),
  };
}
