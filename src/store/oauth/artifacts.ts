import type { Selectable } from 'kysely';
import type { Sealing } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Schema } from '../db/schema.ts';
import type { OAuthArtifact, OAuthGrant, OAuthStore, Whose } from './types.ts';

type Artifacts = Pick<
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

type Row = Selectable<Schema['oauthArtifacts']>;

const boundTo = (kind: string, hash: string) => `${kind}:${hash}`;

/** What was sealed with another master key is as good as gone. */
function open(row: Row | undefined, seal: Sealing): OAuthArtifact | undefined {
  const payload = row && seal.open(row.payload, boundTo(row.kind, row.hash))?.toString();
  return payload === undefined ? undefined : { ...withoutNulls(row as Row), payload };
}

function toRow(artifact: OAuthArtifact, seal: Sealing): Row {
  return {
    ...artifact,
    payload: seal.close(artifact.payload, boundTo(artifact.kind, artifact.hash)),
    grantId: artifact.grantId ?? null,
    userId: artifact.userId ?? null,
    clientId: artifact.clientId ?? null,
    userCodeHash: artifact.userCodeHash ?? null,
    consumedAt: artifact.consumedAt ?? null,
  };
}

async function put(db: Db, row: Row, keepsFirst: boolean): Promise<void> {
  // What was used stays used, whatever else is written about it.
  const { kind: _, hash: __, consumedAt: ___, ...rest } = row;
  await db
    .insertInto('oauthArtifacts')
    .values(row)
    .onConflict(conflict => {
      const known = conflict.columns(['kind', 'hash']);
      return keepsFirst ? known.doNothing() : known.doUpdateSet(rest);
    })
    .execute();
}

function of<Query extends { where(column: 'userId' | 'clientId', op: '=', value: string): Query }>(
  query: Query,
  { userId, clientId }: Whose,
): Query {
  const byUser = userId === undefined ? query : query.where('userId', '=', userId);
  return clientId === undefined ? byUser : byUser.where('clientId', '=', clientId);
}

async function listGrants(db: Db, whose: Whose): Promise<readonly OAuthGrant[]> {
  const rows = await of(
    db
      .selectFrom('oauthArtifacts')
      .select(['grantId', 'userId', 'clientId', 'createdAt', 'expiresAt'])
      .where('kind', '=', 'Grant'),
    whose,
  ).execute();
  return rows.filter((row): row is OAuthGrant => !!row.grantId && !!row.userId && !!row.clientId);
}

/** Access tokens carry the grant's id: it stands among what was revoked for as long as one of them could live. */
async function end(tx: Tx, grants: readonly Pick<OAuthGrant, 'grantId' | 'expiresAt'>[]): Promise<void> {
  for (const { grantId, expiresAt } of grants) {
    await tx
      .insertInto('revokedTokens')
      .values({ jti: grantId, expiresAt })
      .onConflict(conflict => conflict.doNothing())
      .execute();
    await tx.deleteFrom('oauthArtifacts').where('grantId', '=', grantId).execute();
  }
}

/** Every sign-in of these ends, within a transaction that changes who may do what. */
export async function endGrantsIn(tx: Tx, whose: Whose): Promise<readonly string[]> {
  const grants = await listGrants(tx, whose);
  await end(tx, grants);
  return grants.map(grant => grant.grantId);
}

function endOne(db: Db, grantId: string): Promise<void> {
  return change(db, async tx => {
    const grant = await tx
      .selectFrom('oauthArtifacts')
      .select('expiresAt')
      .where('kind', '=', 'Grant')
      .where('grantId', '=', grantId)
      .executeTakeFirst();
    if (grant) await end(tx, [{ grantId, expiresAt: grant.expiresAt }]);
  });
}

/** Codes, tokens and grants of the authorization server; payloads rest sealed. */
export function createArtifacts(db: Db, seal: Sealing): Artifacts {
  const all = () => db.selectFrom('oauthArtifacts').selectAll();
  const one = (kind: string, hash: string) => all().where('kind', '=', kind).where('hash', '=', hash);
  return {
    putArtifact: (artifact, keepsFirst = false) => put(db, toRow(artifact, seal), keepsFirst),
    artifact: async (kind, hash) => open(await one(kind, hash).executeTakeFirst(), seal),
    artifactByUserCode: async (kind, code) => {
      const found = all().where('userCodeHash', '=', code).where('kind', '=', kind);
      return open(await found.executeTakeFirst(), seal);
    },
    consumeArtifact: async (kind, hash, now) => {
      const spend = db.updateTable('oauthArtifacts').set({ consumedAt: now }).where('kind', '=', kind);
      return touched(await spend.where('hash', '=', hash).where('consumedAt', 'is', null).executeTakeFirst());
    },
    deleteArtifact: async (kind, hash) => {
      const gone = db.deleteFrom('oauthArtifacts').where('kind', '=', kind).where('hash', '=', hash);
      return touched(await gone.executeTakeFirst());
    },
    endGrant: grantId => endOne(db, grantId),
    endGrants: whose => change(db, tx => endGrantsIn(tx, whose)),
    listGrants: whose => listGrants(db, whose),
    sweepArtifacts: async now => {
      await db.deleteFrom('oauthArtifacts').where('expiresAt', '<=', now).execute();
    },
  };
}
