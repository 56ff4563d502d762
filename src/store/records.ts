import type { Append, Database, Positions } from './db/database.ts';
import { withoutNulls } from './db/rows.ts';
import { COUNTED } from './ledger/tally.ts';
import type { ActivityRow, EventRow, Store } from './types.ts';

type Records = Pick<
  Store,
  'addAudit' | 'listAudit' | 'writeLedger' | 'listActivity' | 'firstActivity' | 'listEvents'
>;

type ColumnType = Append['columns'][string];
type Columns<Row> = { readonly [Column in keyof Row]: ColumnType };

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
};

const activityMembers = Object.keys(activityColumns);

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

function toAppend<Row extends object>(
  table: Append['table'],
  columns: Columns<Row>,
  rows: readonly Row[],
): Append {
  const members = Object.keys(columns) as (keyof Row & string)[];
  const named = members.map(member => [
    member.replace(/[A-Z]/g, big => `_${big.toLowerCase()}`),
    columns[member],
  ]);
  return {
    table,
    columns: Object.fromEntries(named),
    rows: rows.map(row => members.map(member => row[member])),
  };
}

async function writeLedger(database: Database, batch: Parameters<Store['writeLedger']>[0]): Promise<void> {
  const appends = [
    { ...toAppend('activity', activityColumns, batch.activity), counted: COUNTED_AT },
    toAppend('events', eventColumns, batch.events),
  ].filter(({ rows }) => rows.length > 0);
  if (appends.length > 0) await database.append(appends);
}

/** What happened: changes by administrators beside what they changed, the rest in the ledger. Newest first. */
export function createRecords(database: Database): Records {
  const { gateway, ledger } = database;
  const newest = async <Row extends object>(rows: Promise<readonly Row[]>) => (await rows).map(withoutNulls);
  return {
    addAudit: async row => {
      const values = { ...row, before: row.before ?? null, after: row.after ?? null };
      await gateway.insertInto('audit').values(values).execute();
    },
    listAudit: limit =>
      newest(gateway.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit).execute()),
    writeLedger: batch => writeLedger(database, batch),
    listActivity: limit =>
      newest(ledger.selectFrom('activity').selectAll().orderBy('id', 'desc').limit(limit).execute()),
    firstActivity: async method => {
      const fine = ledger.selectFrom('activity').selectAll().where('outcome', '=', 'ok');
      const meant = method === undefined ? fine : fine.where('method', '=', method);
      const row = await meant.orderBy('id').limit(1).executeTakeFirst();
      return row && withoutNulls(row);
    },
    listEvents: limit =>
      newest(ledger.selectFrom('events').selectAll().orderBy('id', 'desc').limit(limit).execute()),
  };
}
