import { change, type Db, type Tx, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import { endGrantsIn } from './artifacts.ts';
import type { ClientSeen, OAuthClient, OAuthConsent, OAuthStore, Whose } from './types.ts';

type Clients = Omit<
  OAuthStore,
  | 'putArtifact'
  | 'artifact'
  | 'artifactByUserCode'
  | 'consumeArtifact'
  | 'deleteArtifact'
  | 'endGrant'
  | 'endGrants'
  | 'listGrants'
  | 'sweepArtifacts'
>;

async function putClient(db: Db, client: OAuthClient): Promise<void> {
  const row = {
    ...client,
    name: client.name ?? null,
    userId: client.userId ?? null,
    accessTtlMs: client.accessTtlMs ?? null,
    refreshTtlMs: client.refreshTtlMs ?? null,
    createdAddress: client.createdAddress ?? null,
    lastSeenAt: client.lastSeenAt ?? null,
    lastAddress: client.lastAddress ?? null,
    lastAgent: client.lastAgent ?? null,
    lastTokenAt: client.lastTokenAt ?? null,
  };
  const { id: _, source: __, createdAt: ___, ...rest } = row;
  await db
    .insertInto('oauthClients')
    .values(row)
    .onConflict(conflict => conflict.column('id').doUpdateSet(rest))
    .execute();
}

async function countClients(db: Db, source: OAuthClient['source']): Promise<number> {
  const counted = db.selectFrom('oauthClients').select(({ fn }) => fn.countAll().as('count'));
  return Number((await counted.where('source', '=', source).executeTakeFirstOrThrow()).count);
}

/** The end of time as dates know it: ids of clients never come twice. */
const ENDLESS = 8_640_000_000_000_000;

async function deleteIn(tx: Tx, id: string): Promise<boolean> {
  await endGrantsIn(tx, { clientId: id });
  // Tokens that it got for itself belong to no person's grant.
  const client = tx.selectFrom('oauthClients').select('userId').where('id', '=', id);
  if ((await client.executeTakeFirst())?.userId)
    await tx
      .insertInto('revokedTokens')
      .values({ jti: `client:${id}`, expiresAt: ENDLESS })
      .onConflict(conflict => conflict.doNothing())
      .execute();
  await tx.deleteFrom('oauthConsents').where('clientId', '=', id).execute();
  await tx.deleteFrom('oauthArtifacts').where('clientId', '=', id).execute();
  return touched(await tx.deleteFrom('oauthClients').where('id', '=', id).executeTakeFirst());
}

async function noteClient(db: Db, id: string, { at, address, agent, gotToken }: ClientSeen): Promise<void> {
  const seen = { lastSeenAt: at, lastAddress: address, lastAgent: agent ?? null };
  const set = gotToken ? { ...seen, lastTokenAt: at } : seen;
  await db.updateTable('oauthClients').set(set).where('id', '=', id).execute();
}

function sweepClients(db: Db, unusedBefore: number, idleBefore: number): Promise<number> {
  return change(db, async tx => {
    const old = await tx
      .selectFrom('oauthClients')
      .select('id')
      .where('source', '!=', 'admin')
      .where(({ eb, and, or }) =>
        or([
          and([eb('lastTokenAt', 'is', null), eb('createdAt', '<', unusedBefore)]),
          and([eb('lastTokenAt', 'is not', null), eb('lastSeenAt', '<', idleBefore)]),
        ]),
      )
      .execute();
    for (const { id } of old) await deleteIn(tx, id);
    return old.length;
  });
}

async function putConsent(db: Db, consent: OAuthConsent): Promise<void> {
  await db
    .insertInto('oauthConsents')
    .values(consent)
    .onConflict(conflict => conflict.columns(['userId', 'key']).doUpdateSet({ usedAt: consent.usedAt }))
    .execute();
}

async function listConsents(db: Db, { userId, clientId }: Whose): Promise<readonly OAuthConsent[]> {
  let query = db.selectFrom('oauthConsents').selectAll();
  if (userId !== undefined) query = query.where('userId', '=', userId);
  if (clientId !== undefined) query = query.where('clientId', '=', clientId);
  return query.orderBy('createdAt').execute();
}

function withdraw(db: Db, whose: Required<Whose>): Promise<boolean> {
  return change(db, async tx => {
    const ended = await endGrantsIn(tx, whose);
    const gone = await tx
      .deleteFrom('oauthConsents')
      .where('userId', '=', whose.userId)
      .where('clientId', '=', whose.clientId)
      .executeTakeFirst();
    return touched(gone) || ended.length > 0;
  });
}

/** PostgreSQL takes no text with a zero byte, and strangers send such ids. */
const isNoId = (id: string) => id.includes('\0');

/** OAuth clients and what people agreed to for them. */
export function createClients(db: Db): Clients {
  return {
    putClient: client => putClient(db, client),
    client: async id => {
      if (isNoId(id)) return undefined;
      const row = await db.selectFrom('oauthClients').selectAll().where('id', '=', id).executeTakeFirst();
      return row && withoutNulls(row);
    },
    listClients: async () => {
      const rows = await db
        .selectFrom('oauthClients')
        .selectAll()
        .orderBy('createdAt')
        .orderBy('id')
        .execute();
      return rows.map(withoutNulls);
    },
    countClients: source => countClients(db, source),
    deleteClient: id => change(db, tx => deleteIn(tx, id)),
    noteClient: (id, seen) => noteClient(db, id, seen),
    sweepClients: (unusedBefore, idleBefore) => sweepClients(db, unusedBefore, idleBefore),
    putConsent: consent => putConsent(db, consent),
    consent: async (userId, key) =>
      db
        .selectFrom('oauthConsents')
        .selectAll()
        .where('userId', '=', userId)
        .where('key', '=', key)
        .executeTakeFirst(),
    listConsents: whose => listConsents(db, whose),
    withdrawConsent: async (userId, clientId) => !isNoId(clientId) && withdraw(db, { userId, clientId }),
  };
}
