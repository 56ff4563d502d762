import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { firstIdAt } from '../../base/index.ts';
import type { Database } from '../db/database.ts';
import { withoutNulls } from '../db/rows.ts';
import type { Schema } from '../db/schema.ts';
import { keepable } from './tally.ts';
import type {
  ActivityFilter,
  AuditFilter,
  EventFilter,
  Found,
  LedgerStore,
  Paged,
  SignInFilter,
  ToolOf,
} from './types.ts';

/** So many rows are looked at for one page: whatever is sought, and however rare it is, the answer comes soon. */
const LOOKED_AT = 50_000;

type Table = 'activity' | 'events' | 'audit' | 'signIns';
type Query<T extends Table, Row> = SelectQueryBuilder<Schema, T, Row>;

/** The part of the table that a page is in. Ids begin with the time, so a span of time is one of ids. */
function within<T extends Table, Row>(query: Query<T, Row>, { since, until, before }: Paged): Query<T, Row> {
  const id = sql.ref<string>('id');
  let found = query;
  if (since !== undefined) found = found.where(id, '>=', firstIdAt(since));
  if (until !== undefined) found = found.where(id, '<', firstIdAt(until));
  if (before !== undefined) found = found.where(id, '<', before);
  return found;
}

/** Columns that must be just so. */
function having<T extends Table, Row>(
  query: Query<T, Row>,
  wanted: Readonly<Record<string, string | undefined>>,
): Query<T, Row> {
  let found = query;
  for (const [column, value] of Object.entries(wanted))
    if (value !== undefined) found = found.where(sql.ref<string>(column), '=', value);
  return found;
}

type Ided = { readonly id: string };

async function pageOf<T extends Table, Row extends Ided>(
  all: Query<T, Row>,
  wanted: Query<T, Row>,
  { limit }: Paged,
): Promise<Found<Row>> {
  const id = sql.ref<string>('id');
  const floor = await all
    .clearSelect()
    .select(id.as('id'))
    .orderBy(id, 'desc')
    .offset(LOOKED_AT)
    .limit(1)
    .execute();
  const lowest = floor[0]?.id;
  const near = lowest === undefined ? wanted : wanted.where(id, '>=', lowest);
  const rows = await near.orderBy(id, 'desc').limit(limit).execute();
  return { rows, next: rows.length === limit ? rows.at(-1)?.id : lowest };
}

async function tidy<Row extends object>(found: Promise<Found<Row>>) {
  const { rows, next } = await found;
  return { rows: rows.map(withoutNulls), next };
}

function activityPage({ reports, dialect }: Database, filter: ActivityFilter) {
  const { since, until, before, limit, not = {}, isBridged, tools, ...wanted } = filter;
  const all = within(reports.ledger.selectFrom('activity').selectAll(), filter);
  let found = having(all, wanted);
  for (const [column, value] of Object.entries(not)) {
    const ref = sql.ref<string | null>(column);
    if (value !== undefined) found = found.where(of => of.or([of(ref, '!=', value), of(ref, 'is', null)]));
  }
  if (isBridged !== undefined) {
    const isOther = sql<boolean>`server_era is not null and server_era <> coalesce(era, '')`;
    found = found.where(isBridged ? isOther : sql<boolean>`not (${isOther})`);
  }
  if (tools)
    found = found
      .where('method', '=', 'tools/call')
      .where(of => of.or(tools.map(one => callsOf(one, dialect))));
  return tidy(pageOf(all, found, filter));
}

/** The names as one value: a statement has places for some ten thousand, and a server may have more tools. */
function callsOf({ server, names }: ToolOf, dialect: Database['dialect']) {
  const all = JSON.stringify(names.map(keepable));
  const each =
    dialect === 'sqlite'
      ? sql`select value from json_each(${all})`
      : sql`select json_array_elements_text(${all}::json)`;
  return sql<boolean>`(server = ${server} and target in (${each}))`;
}

function eventPage({ reports }: Database, filter: EventFilter) {
  const { since, until, before, limit, ...wanted } = filter;
  const all = within(reports.ledger.selectFrom('events').selectAll(), filter);
  return tidy(pageOf(all, having(all, wanted), filter));
}

type Audit = ExpressionBuilder<Schema, 'audit'>;

const beginsWith = (column: 'actor' | 'action', start: string) =>
  sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(start.length)}) = ${start}`;

const byActor = (actor: string) => (of: Audit) =>
  of.or([of('actor', 'in', [actor, `user:${actor}`]), beginsWith('actor', `key:${actor}/`)]);

const ofKind = (action: string) => (of: Audit) =>
  of.or([of('action', '=', action), beginsWith('action', `${action}.`)]);

function auditPage({ reports }: Database, filter: AuditFilter) {
  const { actor, action, target, address } = filter;
  const all = within(reports.gateway.selectFrom('audit').selectAll(), filter);
  let wanted = having(all, { target, address });
  if (actor !== undefined) wanted = wanted.where(byActor(actor));
  if (action !== undefined) wanted = wanted.where(ofKind(action));
  return tidy(pageOf(all, wanted, filter));
}

function signInsOf({ reports }: Database, filter: SignInFilter) {
  const { types, ok, principal, client, address } = filter;
  let wanted = having(within(reports.ledger.selectFrom('signIns').selectAll(), filter), {
    principal,
    client,
    address,
  });
  if (types !== undefined) wanted = wanted.where('type', 'in', types.length > 0 ? types : ['']);
  if (ok !== undefined) wanted = wanted.where('ok', '=', ok);
  return wanted;
}

async function signInPage(database: Database, filter: SignInFilter) {
  const all = within(database.reports.ledger.selectFrom('signIns').selectAll(), filter);
  const wanted = signInsOf(database, filter);
  if (filter.offset === undefined) return tidy(pageOf(all, wanted, filter));
  const rows = await wanted.orderBy('id', 'desc').offset(filter.offset).limit(filter.limit).execute();
  return { rows: rows.map(withoutNulls), next: undefined };
}

async function countSignIns(database: Database, filter: SignInFilter): Promise<number> {
  const counted = sql<number>`cast(count(*) as bigint)`.as('count');
  const { count } = await signInsOf(database, filter).clearSelect().select(counted).executeTakeFirstOrThrow();
  return count;
}

type Pages = 'activity' | 'events' | 'audit' | 'signIns' | 'countSignIns';

/** Pages of what happened, the newest first. */
export function createPages(database: Database): Pick<LedgerStore, Pages> {
  return {
    signIns: filter => signInPage(database, filter),
    countSignIns: filter => countSignIns(database, filter),
    activity: filter => activityPage(database, filter),
    events: filter => eventPage(database, filter),
    audit: filter => auditPage(database, filter),
  };
}
