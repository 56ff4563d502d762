import type { JournalEntry } from '../fixtures/journal.ts';
import { type Difference, differences } from './json-text.ts';
import { ROWS, type Row } from './rows.ts';
import { type Transcript, transcriptOf, wholeOf } from './transcript.ts';
import type { Carrier } from './wire/carrier.ts';
import { type Era, NewClient, OldClient, type WireClient } from './wire/client.ts';

/** Where one side of the comparison is spoken to, and where its server says what reached it. */
export type Side = {
  readonly url: string;
  /** Where it is not Streamable HTTP. */
  readonly carrier?: (() => Promise<Carrier>) | undefined;
  readonly token?: string | undefined;
  /** Of the server itself; without it nothing is compared there. */
  readonly journal?: string | undefined;
};

export type Cell = {
  readonly client: Era;
  readonly server: Era;
  /** How the server answers: one JSON text or a stream. */
  readonly mode: 'json' | 'stream';
  /** How the client speaks to the gateway, and the gateway to the server. */
  readonly down: Transport;
  readonly up: Transport;
};

export type Transport = 'http' | 'sse' | 'stdio';

export const eras = ({ client, server }: Pick<Cell, 'client' | 'server'>): string => `${client} → ${server}`;

/** A place in which the two sides may differ. No wildcard: what stands in a list is named by its index. */
export type Allowed = {
  /** In the transcript of a row, without the index of its exchange or message: `/answer/…`, `/heard/…`, `/server/…`. */
  readonly pointer: string;
  /** The rows in which it differs; each must, in one mode at least. */
  readonly rows: readonly string[];
  /** The page of the specification that makes it so. */
  readonly spec: string;
  readonly why: string;
};

export type Finding = Difference & { readonly row: string };

/** One process for each row takes its time, so that a command of the client plays only these. */
const SPAWNED: readonly string[] = [
  ...['initialize', 'server/discover', 'tools/list', 'a method that nobody knows', 'two calls at once'],
  'a call with numbers and spellings that matter',
  'a call with an id in escapes, _meta and unknown members',
  ...['a large answer', 'progress', 'logs of a level', 'a call that is cancelled', 'prompts/get'],
  ...['resources/read', 'resources/read of what is missing', 'completion of a prompt', 'ask_many'],
  ...['ask_rounds', 'a change of tools', 'an update of a resource, of those that were asked for'],
  'a task that asks',
];
/** A program runs once for each session, and each has its own lists. */
const OF_ONE_PROCESS = ['a change of tools', 'a change of prompts', 'a change of resources'];
/** Rows of HTTP itself. */
const OF_HTTP = ['headers that do not say what the body says', 'the end of the session'];

/** Tasks of the two eras are two things; rows of them between eras wait for their bridge. */
const ARE_TASKS_BRIDGED = false;

export function rowsOf(cell: Cell): readonly Row[] {
  const { client, server, mode, down, up } = cell;
  const isBridged = client !== server;
  return ROWS.filter(
    row =>
      row.eras.includes(client) &&
      !(row.needsStream && mode === 'json') &&
      !(down !== 'http' && OF_HTTP.includes(row.name)) &&
      !(down === 'stdio' && !SPAWNED.includes(row.name)) &&
      !(up === 'stdio' && OF_ONE_PROCESS.includes(row.name)) &&
      !(isBridged && (row.isSameEra || (row.isTask && !ARE_TASKS_BRIDGED))),
  );
}

async function open(era: Era, side: Side): Promise<WireClient> {
  return era === '2025' ? new OldClient(side).open() : new NewClient(side).open();
}

const ARRIVES = ['tools/call'];

async function arrivals(side: Side, row: Row): Promise<readonly JournalEntry[]> {
  if (side.journal === undefined) return [];
  const entries = (await (await fetch(side.journal)).json()) as readonly JournalEntry[];
  const wanted = row.arrives ?? ARRIVES;
  return entries.filter(({ method }) => method !== undefined && wanted.includes(method));
}

async function playRow(row: Row, era: Era, side: Side, hasHttp: boolean): Promise<Transcript> {
  const client = await open(era, side);
  // The handshake is a row of its own.
  if (row.name !== 'initialize') client.exchanges.splice(0);
  if (side.journal !== undefined) await fetch(side.journal, { method: 'DELETE' });
  try {
    await row.play(client);
    return transcriptOf(client, await arrivals(side, row), hasHttp);
  } finally {
    await client.end();
  }
}

/** `/exchanges/0/answer/result/x` and `/heard/2/params` without the index that only counts. */
function shorten(pointer: string): string {
  return pointer.replace(/^\/exchanges\/\d+/, '').replace(/^(\/said|\/heard|\/server)\/\d+/, '$1');
}

export type Verdict = {
  readonly row: string;
  /** What differs and may not. */
  readonly findings: readonly Finding[];
  /** What differs and may, as `row: pointer`. */
  readonly used: readonly string[];
};

const useOf = (row: string, pointer: string): string => `${row}: ${pointer}`;

/**
 * Between eras an answer is said anew, and over stdio each message is one line: there only what the JSON says is
 * compared, not its bytes.
 */
const BYTES_ALONE: readonly string[] = ['order', 'space'];

function judge(
  row: Row,
  { direct, through, isRetold }: { direct: Transcript; through: Transcript; isRetold: boolean },
  allowed: readonly Allowed[],
): Verdict {
  const used: string[] = [];
  const findings = differences(wholeOf(direct), wholeOf(through)).flatMap((found): Finding[] => {
    if (isRetold && BYTES_ALONE.includes(found.kind)) return [];
    const pointer = shorten(found.pointer);
    const may = allowed.some(one => one.pointer === pointer && one.rows.includes(row.name));
    if (may) used.push(useOf(row.name, pointer));
    return may ? [] : [{ ...found, row: row.name }];
  });
  return { row: row.name, findings, used: [...new Set(used)] };
}

/** Entries of the list that no difference needed. */
export function unused(
  allowed: readonly Allowed[],
  rows: readonly Row[],
  used: ReadonlySet<string>,
): readonly string[] {
  const played = new Set(rows.map(row => row.name));
  return allowed
    .flatMap(one => one.rows.filter(row => played.has(row)).map(row => useOf(row, one.pointer)))
    .filter(use => !used.has(use));
}

export type Sides = {
  /** A server of the client's own era. */
  readonly direct: Side;
  readonly through: Side;
  /** Between eras: the server behind the gateway, as a client of its own era speaks to it. */
  readonly native?: Side | undefined;
};

/**
 * Plays one row on both sides. Between eras the client is to see what a server of its own era does, and the server to
 * hear what a client of its own era says.
 */
export async function compareRow(
  row: Row,
  cell: Cell,
  { direct, through, native }: Sides,
  allowed: readonly Allowed[],
): Promise<Verdict> {
  const isBridged = cell.client !== cell.server;
  // Statuses and types are compared where both sides have them.
  const hasHttp = cell.down === 'http' && cell.up === 'http';
  const one = await playRow(row, cell.client, direct, hasHttp);
  const isHeard = isBridged && native !== undefined && row.eras.includes(cell.server);
  const heard = isHeard ? await playRow(row, cell.server, native, hasHttp) : one;
  const other = await playRow(row, cell.client, through, hasHttp);
  const server = isBridged && !isHeard ? other.server : heard.server;
  const isRetold = isBridged || cell.down === 'stdio' || cell.up === 'stdio';
  return judge(row, { direct: { ...one, server }, through: other, isRetold }, allowed);
}

const clip = (text: string | undefined) =>
  text === undefined ? '–' : text.length > 160 ? `${text.slice(0, 160)}…` : text;

export function tell({ row, pointer, kind, direct, through }: Finding): string {
  return `${row}: ${pointer} ${kind}\n    direct:  ${clip(direct)}\n    through: ${clip(through)}`;
}
