import type { Command } from 'commander';
import type {
  ActivityRow,
  AuditRow,
  EventRow,
  Found,
  LedgerStore,
  Paged,
  SignInRow,
} from '../../store/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type Context, show, withExamples } from '../options.ts';
import { renderTable } from '../table.ts';
import { readSpan, type SpanFlags, withSpan } from './span.ts';

type Filter = { readonly flag: string; readonly is: string; readonly about: string };
type Wanted = Paged & Readonly<Record<string, string | number | undefined>>;

/** One command that lists a part of the ledger. */
type Listing<Row> = {
  readonly name: string;
  readonly about: string;
  readonly filters: readonly Filter[];
  readonly examples: readonly string[];
  readonly head: readonly string[];
  readonly cells: (row: Row) => readonly string[];
  readonly page: (store: LedgerStore, wanted: Wanted) => Promise<Found<Row>>;
};

const timeOf = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const text = (value: string | undefined) => value ?? '-';
const USER: Filter = { flag: 'user', is: 'principal', about: 'of this person' };
const SERVER: Filter = { flag: 'server', is: 'server', about: 'of this server' };
const ADDRESS: Filter = { flag: 'address', is: 'address', about: 'from this address' };

const activity: Listing<ActivityRow> = {
  name: 'activity',
  about: 'list the requests of MCP clients, the latest first',
  filters: [
    USER,
    SERVER,
    { flag: 'client', is: 'client', about: 'of this OAuth client, or API key by its name' },
    { flag: 'method', is: 'method', about: 'of this MCP method' },
    { flag: 'tool', is: 'target', about: 'of this tool, prompt or resource, as the server calls it' },
    { flag: 'outcome', is: 'outcome', about: 'ok, error, refused or cancelled' },
    ADDRESS,
  ],
  examples: ['authmcp-gateway activity --since 1h --outcome error', 'authmcp-gateway activity --user alice'],
  head: ['TIME', 'USER', 'CLIENT', 'METHOD', 'SERVER', 'TARGET', 'OUTCOME', 'MS'],
  cells: row => [
    timeOf(row.at),
    text(row.userName),
    text(row.clientName ?? row.client),
    text(row.method),
    text(row.server),
    text(row.target),
    row.count > 1 ? `${row.fault ?? row.outcome} x${row.count}` : (row.fault ?? row.outcome),
    row.durationMs.toFixed(1),
  ],
  page: (store, wanted) => store.activity(wanted),
};

const events: Listing<EventRow> = {
  name: 'events',
  about: 'list security events, the latest first',
  filters: [
    { flag: 'type', is: 'type', about: 'of this type' },
    { flag: 'severity', is: 'severity', about: 'low, medium, high or critical' },
    USER,
    SERVER,
    ADDRESS,
  ],
  examples: ['authmcp-gateway events --since 7d --severity high'],
  head: ['TIME', 'SEVERITY', 'TYPE', 'ADDRESS', 'SERVER', 'COUNT', 'DETAIL'],
  cells: row => [
    timeOf(row.at),
    row.severity,
    row.type,
    text(row.address),
    text(row.server),
    String(row.count),
    row.detail,
  ],
  page: (store, wanted) => store.events(wanted),
};

const auditLog: Listing<AuditRow> = {
  name: 'audit-log',
  about: 'list who changed what and from where, the latest first',
  filters: [
    { flag: 'actor', is: 'actor', about: 'by this person, or by cli:NAME, file, setup' },
    { flag: 'action', is: 'action', about: 'this action, or all of a kind: user' },
    { flag: 'target', is: 'target', about: 'of this thing' },
    ADDRESS,
  ],
  examples: [
    'authmcp-gateway audit-log --actor alice --since 30d',
    'authmcp-gateway audit-log --action user',
  ],
  head: ['TIME', 'ACTOR', 'ADDRESS', 'ACTION', 'TARGET', 'BEFORE', 'AFTER'],
  cells: row => [
    timeOf(row.at),
    row.actor,
    text(row.address),
    row.action,
    row.target,
    text(row.before),
    text(row.after),
  ],
  page: (store, wanted) => store.audit(wanted),
};

const authLog: Listing<SignInRow> = {
  name: 'auth-log',
  about: 'list logins, tokens, registrations and consents, refused ones too; the latest first',
  filters: [
    { flag: 'type', is: 'type', about: 'of this type: login, mcp_oauth_token, dcr_register ...' },
    USER,
    { flag: 'client', is: 'client', about: 'of this OAuth client' },
    ADDRESS,
  ],
  examples: ['authmcp-gateway auth-log --since 7d --user alice'],
  head: ['TIME', 'TYPE', 'OUTCOME', 'USER', 'CLIENT', 'ADDRESS', 'DETAIL'],
  cells: row => [
    timeOf(row.at),
    row.type,
    `${row.ok === 1 ? 'ok' : 'refused'}${row.count > 1 ? ` x${row.count}` : ''}`,
    text(row.userName),
    text(row.client),
    text(row.address),
    text(row.detail),
  ],
  page: (store, { type, ...wanted }) =>
    store.signIns({ ...wanted, ...(typeof type === 'string' && { types: [type] }) }),
};

/** Pages that hold nothing yet are passed over: what is sought may lie far back. */
async function readAll<Row>({ page }: Listing<Row>, store: LedgerStore, wanted: Wanted): Promise<Row[]> {
  const rows: Row[] = [];
  let before: string | undefined;
  do {
    const found = await page(store, { ...wanted, before, limit: wanted.limit - rows.length });
    rows.push(...found.rows);
    before = found.next;
  } while (before !== undefined && rows.length < wanted.limit);
  return rows;
}

type Flags = SpanFlags & Readonly<Record<string, string | boolean | undefined>>;

async function wantedOf<Row>(listing: Listing<Row>, flags: Flags, offline: Offline): Promise<Wanted> {
  const span = readSpan(flags, offline.now);
  const given = listing.filters.flatMap(({ flag, is }) => {
    const value = flags[flag];
    return typeof value === 'string' ? [[is, value] as const] : [];
  });
  const wanted: Record<string, string | undefined> = Object.fromEntries(given);
  if (wanted.principal !== undefined) wanted.principal = (await offline.user(wanted.principal)).id;
  return { ...span, ...wanted };
}

function addListing<Row extends object>(program: Command, context: Context, listing: Listing<Row>): void {
  const command = withSpan(program.command(listing.name).description(listing.about));
  for (const { flag, about } of listing.filters) command.option(`--${flag} <value>`, about);
  withExamples(command, ...listing.examples).action((flags: Flags) =>
    withStore(flags, async offline => {
      const wanted = await wantedOf(listing, flags, offline);
      const rows = await readAll(listing, offline.store.ledger, wanted);
      show(context, flags, rows, renderTable(listing.head, rows.map(listing.cells)));
    }),
  );
}

/** `activity`, `events`, `audit-log` and `auth-log`: what happened, beside a gateway that runs. */
export function addListings(program: Command, context: Context): void {
  addListing(program, context, activity);
  addListing(program, context, events);
  addListing(program, context, auditLog);
  addListing(program, context, authLog);
}
