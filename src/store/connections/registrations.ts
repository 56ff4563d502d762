import { type Sealing, Secret } from '../../base/index.ts';
import type { Db } from '../change.ts';
import type { Schema } from '../db/schema.ts';
import type { ConnectionStore, Registration } from './types.ts';

type Registrations = Pick<
  ConnectionStore,
  'registration' | 'keepRegistration' | 'deleteRegistration' | 'issuerOf' | 'bindClient'
>;

type Row = Schema['upstreamClients'];

/** A secret copied into another issuer's row does not open. */
const boundTo = ({ issuer, redirectUri }: Pick<Row, 'issuer' | 'redirectUri'>): string =>
  `client:${JSON.stringify([issuer, redirectUri])}`;

function open(row: Row | undefined, seal: Sealing): Registration | undefined {
  const metadata = row && seal.open(row.metadata, boundTo(row))?.toString();
  if (row === undefined || metadata === undefined) return undefined;
  return { ...row, metadata: new Secret(metadata), expiresAt: row.expiresAt ?? undefined };
}

/** What the gateway is called at authorization servers. */
export function createRegistrations(db: Db, seal: Sealing): Registrations {
  const read = async (issuer: string, redirectUri: string, now: number) => {
    const found = db.selectFrom('upstreamClients').selectAll().where('issuer', '=', issuer);
    const row = await found.where('redirectUri', '=', redirectUri).executeTakeFirst();
    return row && (row.expiresAt === null || row.expiresAt > now) ? open(row, seal) : undefined;
  };
  const remove = async ({ issuer, redirectUri, clientId }: Registration) => {
    const gone = db.deleteFrom('upstreamClients').where('issuer', '=', issuer);
    await gone.where('redirectUri', '=', redirectUri).where('clientId', '=', clientId).execute();
  };
  return {
    registration: read,
    keepRegistration: async registration => {
      const { issuer, redirectUri, createdAt: now } = registration;
      const row: Row = {
        ...registration,
        metadata: seal.close(registration.metadata.reveal(), boundTo(registration)),
        expiresAt: registration.expiresAt ?? null,
      };
      await db
        .insertInto('upstreamClients')
        .values(row)
        .onConflict(conflict => conflict.columns(['issuer', 'redirectUri']).doNothing())
        .execute();
      const standing = await read(issuer, redirectUri, now);
      if (standing) return standing;
      const { issuer: _, redirectUri: __, ...rest } = row;
      const over = db.updateTable('upstreamClients').set(rest).where('issuer', '=', issuer);
      await over.where('redirectUri', '=', redirectUri).execute();
      return registration;
    },
    deleteRegistration: remove,
    issuerOf: async (server, clientId) => {
      const found = db.selectFrom('clientIssuers').select('issuer').where('server', '=', server);
      return (await found.where('clientId', '=', clientId).executeTakeFirst())?.issuer;
    },
    bindClient: async (server, clientId, issuer, now) => {
      await db
        .insertInto('clientIssuers')
        .values({ server, clientId, issuer, createdAt: now })
        .onConflict(conflict => conflict.doNothing())
        .execute();
    },
  };
}
