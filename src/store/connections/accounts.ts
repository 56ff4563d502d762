import { randomToken, type Sealing, Secret, type ServerName, type UserId } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import type { Schema } from '../db/schema.ts';
import type { Connection, ConnectionKey, ConnectionStore } from './types.ts';

type Accounts = Pick<
  ConnectionStore,
  | 'connection'
  | 'listConnections'
  | 'listAccounts'
  | 'connectedAccounts'
  | 'dueConnections'
  | 'putConnection'
  | 'seedConnection'
  | 'lockConnection'
  | 'unlockConnection'
  | 'updateConnection'
  | 'deleteConnection'
>;

type Row = Schema['connections'];

const GATEWAY = 'gateway';
const ownerOf = (userId: UserId | undefined): string => userId ?? GATEWAY;
/** Tokens of one person or server copied into another's row do not open. */
export const boundTo = ({ server, owner }: Pick<Row, 'server' | 'owner'>): string =>
  `connection:${JSON.stringify([server, owner])}`;

const factsOf = (row: Row): Omit<Connection, 'payload' | 'version'> => ({
  server: row.server,
  userId: row.userId ?? undefined,
  binding: row.binding,
  state: row.state,
  issuer: row.issuer,
  scopes: JSON.parse(row.scopes),
  expiresAt: row.expiresAt ?? undefined,
  isRefreshable: row.refreshable === 1,
  createdAt: row.createdAt,
  refreshedAt: row.refreshedAt ?? undefined,
});

/** What was sealed with another master key is as good as gone. */
function open(row: Row | undefined, seal: Sealing): Connection | undefined {
  const payload = row && seal.open(row.payload, boundTo(row))?.toString();
  if (row === undefined || payload === undefined) return undefined;
  return { ...factsOf(row), payload: new Secret(payload), version: row.version };
}

function toRow(connection: Omit<Connection, 'version'>, seal: Sealing): Row {
  const place = { server: connection.server, owner: ownerOf(connection.userId) };
  return {
    ...place,
    userId: connection.userId ?? null,
    binding: connection.binding,
    state: connection.state,
    issuer: connection.issuer,
    scopes: JSON.stringify(connection.scopes),
    payload: seal.close(connection.payload.reveal(), boundTo(place)),
    expiresAt: connection.expiresAt ?? null,
    refreshable: connection.isRefreshable ? 1 : 0,
    version: randomToken(16),
    lockedUntil: 0,
    createdAt: connection.createdAt,
    refreshedAt: connection.refreshedAt ?? null,
  };
}

async function put(db: Db, row: Row): Promise<void> {
  const { server: _, owner: __, ...rest } = row;
  await change(db, tx =>
    tx
      .insertInto('connections')
      .values(row)
      .onConflict(conflict => conflict.columns(['server', 'owner']).doUpdateSet(rest))
      .execute(),
  );
}

async function seed(db: Db, row: Row): Promise<void> {
  const { server: _, owner: __, ...rest } = row;
  await db
    .insertInto('connections')
    .values(row)
    .onConflict(conflict =>
      conflict.columns(['server', 'owner']).doUpdateSet(rest).where('connections.binding', '!=', row.binding),
    )
    .execute();
}

async function writeOver(db: Db | Tx, row: Row, version: string): Promise<boolean> {
  const { server, owner, createdAt: _, ...rest } = row;
  const write = db.updateTable('connections').set(rest).where('server', '=', server);
  return touched(await write.where('owner', '=', owner).where('version', '=', version).executeTakeFirst());
}

/** The end of a connection changes who may do what, and every process has to learn it; new tokens do not. */
function update(db: Db, row: Row, version: string): Promise<boolean> {
  return row.state === 'ended' ? change(db, tx => writeOver(tx, row, version)) : writeOver(db, row, version);
}

async function listAccounts(db: Db, seal: Sealing, server: ServerName | undefined) {
  const all = db.selectFrom('connections').selectAll();
  const found = server === undefined ? all : all.where('server', '=', server);
  const rows = await found.orderBy('server').orderBy('owner').execute();
  return rows.map(row => ({ ...factsOf(row), opens: open(row, seal) !== undefined }));
}

/** Accounts at servers, of people and of the gateway. */
export function createAccounts(db: Db, seal: Sealing): Accounts {
  const all = () => db.selectFrom('connections').selectAll();
  const at = ({ server, userId }: ConnectionKey) =>
    all().where('server', '=', server).where('owner', '=', ownerOf(userId));
  const lock = ({ server, userId, version }: Connection, until: number) =>
    db
      .updateTable('connections')
      .set({ lockedUntil: until })
      .where('server', '=', server)
      .where('owner', '=', ownerOf(userId))
      .where('version', '=', version);
  return {
    connection: async key => open(await at(key).executeTakeFirst(), seal),
    listConnections: async userId => {
      const rows = await all().where('owner', '=', ownerOf(userId)).orderBy('server').execute();
      return rows.map(row => open(row, seal)).filter(found => found !== undefined);
    },
    listAccounts: server => listAccounts(db, seal, server),
    connectedAccounts: async () => {
      const connected = db.selectFrom('connections').select(['server', 'userId', 'createdAt']);
      const rows = connected.where('state', '=', 'connected').where('userId', 'is not', null);
      return (await rows.execute()).flatMap(({ userId, ...rest }) => (userId ? [{ userId, ...rest }] : []));
    },
    dueConnections: async before => {
      const rows = await db
        .selectFrom('connections')
        .select(['server', 'userId'])
        .where('state', '=', 'connected')
        .where('refreshable', '=', 1)
        .where('expiresAt', '<', before)
        .orderBy('expiresAt')
        .execute();
      return rows.map(({ server, userId }) => ({ server, userId: userId ?? undefined }));
    },
    putConnection: async connection => {
      const row = toRow(connection, seal);
      await put(db, row);
      return { ...connection, version: row.version };
    },
    seedConnection: async connection => {
      await seed(db, toRow(connection, seal));
      return open(await at(connection).executeTakeFirst(), seal);
    },
    lockConnection: async (connection, until, now) =>
      touched(await lock(connection, until).where('lockedUntil', '<=', now).executeTakeFirst()),
    unlockConnection: async connection => {
      await lock(connection, 0).execute();
    },
    updateConnection: async connection => {
      const row = toRow(connection, seal);
      const isWritten = await update(db, row, connection.version);
      return isWritten ? { ...connection, version: row.version } : undefined;
    },
    deleteConnection: ({ server, userId }) =>
      change(db, async tx => {
        const gone = tx.deleteFrom('connections').where('server', '=', server);
        return touched(await gone.where('owner', '=', ownerOf(userId)).executeTakeFirst());
      }),
  };
}

/** What hangs on a server goes with it. */
export async function endConnectionsIn(tx: Tx, server: ServerName): Promise<void> {
  for (const table of ['connections', 'connectStates', 'clientIssuers', 'connectionRefreshes'] as const)
    await tx.deleteFrom(table).where('server', '=', server).execute();
}
