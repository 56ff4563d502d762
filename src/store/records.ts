import type { Append, Database, Positions } from './db/database.ts';
import { withoutNulls } from './db/rows.ts';
import { COUNTED } from './ledger/tally.ts';
import type { ActivityRow, EventRow, SignInRow, Store } from './types.ts';

type Records = Pick<
  Store,
  'addAudit' | 'listAudit' | 'writeLedger' | 'listActivity' | 'firstActivity' | 'listEvents'
>;

type ColumnType = Append['columns'][string];
type Columns<Row> = { readonly [Column in keyof Row]-?: ColumnType };

const activityColumns: Columns<ActivityRow> = {
  id: 'text',
  at: 'bigint',
  principal: 'text',
  userName: 'text',
  credential: 'text',
  client: 'text',
  clientName: 'text',
  userAgent: 'text',
  address: 'text',
  endpoint: 'text',
  era: 'text',
  session: 'text',
  method: 'text',
  server: 'text',
  target: 'text',
  outcome: 'text',
  fault: 'text',
  code: 'bigint',
  status: 'bigint',
  durationMs: 'double precision',
  upstreamMs: 'double precision',
  bytesIn: 'bigint',
  bytesOut: 'bigint',
  count: 'bigint',
  serverEra: 'text',
  traceId: 'text',
  phases: 'text',
};

/** The members of a row in one order; written out, because each request is a row. */
const activityOf = (row: ActivityRow): { readonly [Member in keyof ActivityRow]-?: unknown } => ({
  id: row.id,
  at: row.at,
  principal: row.principal,
  userName: row.userName,
  credential: row.credential,
  client: row.client,
  clientName: row.clientName,
  userAgent: row.userAgent,
  address: row.address,
  endpoint: row.endpoint,
  era: row.era,
  session: row.session,
  method: row.method,
  server: row.server,
  target: row.target,
  outcome: row.outcome,
  fault: row.fault,
  code: row.code,
  status: row.status,
  durationMs: row.durationMs,
  upstreamMs: row.upstreamMs,
  bytesIn: row.bytesIn,
  bytesOut: row.bytesOut,
  count: row.count,
  serverEra: row.serverEra,
  traceId: row.traceId,
  phases: row.phases,
});

const activityMembers = Object.keys(activityOf({} as ActivityRow));

/** Where in a row of the table that stands which figures count. */
const COUNTED_AT = Object.fromEntries(
  COUNTED.map(name => [name, activityMembers.indexOf(name)]),
) as Positions;

const eventColumns: Columns<EventRow> = {
  id: 'text',
  at: 'bigint',
  type: 'text',
  severity: 'text',
  principal: 'text',
  address: 'text',
  server: 'text',
  detail: 'text',
  count: 'bigint',
};

const eventOf = (row: EventRow): { readonly [Member in keyof EventRow]-?: unknown } => ({
  id: row.id,
  at: row.at,
  type: row.type,
  severity: row.severity,
  principal: row.principal,
  address: row.address,
  server: row.server,
  detail: row.detail,
  count: row.count,
});

const signInColumns: Columns<SignInRow> = {
  id: 'text',
  at: 'bigint',
  type: 'text',
  ok: 'bigint',
  principal: 'text',
  userName: 'text',
  client: 'text',
  address: 'text',
  userAgent: 'text',
  detail: 'text',
  count: 'bigint',
};

const signInOf = (row: SignInRow): { readonly [Member in keyof SignInRow]-?: unknown } => ({
  id: row.id,
  at: row.at,
  type: row.type,
  ok: row.ok,
  principal: row.principal,
  userName: row.userName,
  client: row.client,
  address: row.address,
  userAgent: row.userAgent,
  detail: row.detail,
  count: row.count,
});

/** `pick` gives the members of a row, in the order of all rows. */
function toAppend<Row extends object>(
  table: Append['table'],
  columns: Columns<Row>,
  { rows, pick }: { readonly rows: readonly Row[]; readonly pick: (row: Row) => object },
): Append {
  const members = Object.keys(pick({} as Row)) as (keyof Row & string)[];
  const named = members.map(member => [
    member.replace(/[A-Z]/g, big => `_${big.toLowerCase()}`),
    columns[member],
  ]);
  return { table, columns: Object.fromEntries(named), rows: rows.map(row => Object.values(pick(row))) };
}

async function writeLedger(database: Database, batch: Parameters<Store['writeLedger']>[0]): Promise<void> {
  const appends = [
    {
      ...toAppend('activity', activityColumns, { rows: batch.activity, pick: activityOf }),
      counted: COUNTED_AT,
      ...(batch.isPassing && { isPassing: true }),
    },
    toAppend('events', eventColumns, { rows: batch.events, pick: eventOf }),
    toAppend('sign_ins', signInColumns, { rows: batch.signIns ?? [], pick: signInOf }),
  ].filter(({ rows }) => rows.length > 0);
  if (appends.length > 0) await database.append(appends);
}

/** What happened: changes by administrators beside what they changed, the rest in the ledger. Newest first. */
export function createRecords(database: Database): Records {
  const { gateway, ledger } = database;
  const newest = async <Row extends object>(rows: Promise<readonly Row[]>) => (await rows).map(withoutNulls);
  return {
    addAudit: async row => {
      const values = {
        ...{ ...row, address: row.address ?? null },
        ...{ before: row.before ?? null, after: row.after ?? null },
      };
      await gateway.insertInto('audit').values(values).execute();
    },
    listAudit: limit =>
      newest(gateway.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit).execute()),
    writeLedger: batch => writeLedger(database, batch),
    listActivity: limit =>
      newest(ledger.selectFrom('activity').selectAll().orderBy('id', 'desc').limit(limit).execute()),
    firstActivity: async ({ method, notBy }) => {
      const fine = ledger
        .selectFrom('activity')
        .selectAll()
        .where('outcome', '=', 'ok')
        .where(of => of.or([of('client', 'is', null), of('client', '!=', notBy)]));
      const meant = method === undefined ? fine : fine.where('method', '=', method);
      const row = await meant.orderBy('id').limit(1).executeTakeFirst();
      return row && withoutNulls(row);
    },
    listEvents: limit =>
      newest(ledger.selectFrom('events').selectAll().orderBy('id', 'desc').limit(limit).execute()),
  };
}
