import { type Clock, cut, uuidv7 } from '../base/index.ts';
import { METHODS } from '../mcp/index.ts';
import type { ActivityRow, EventRow, Store } from '../store/index.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';

const FLUSH_MS = 250;
/** Small batches: the thread that writes them may share a core with the one that answers. */
const FLUSH_ROWS = 256;
const MAX_QUEUED = 50_000;
const FLOOD_WINDOW_MS = 10_000;
const MAX_FLOODS = 2_000;

export type EventType =
  | 'unauthorized_access'
  | 'auth_failed'
  | 'brute_force'
  | 'token_reuse'
  | 'oauth_refused'
  | 'rate_limited'
  | 'permission_denied'
  | 'session_refused'
  | 'name_collision'
  | 'definition_rejected'
  | 'ssrf_blocked'
  | 'elicitation_url'
  | 'elicitation_secret'
  | 'insecure_setting'
  | 'key_rotated'
  | 'token_refresh'
  | 'connected'
  | 'disconnected'
  | 'connect_refused'
  | 'connect_hijack'
  | 'admin_action';

export type SecurityEvent = {
  readonly type: EventType;
  readonly severity: EventRow['severity'];
  readonly principal?: string | undefined;
  readonly address?: string | undefined;
  readonly server?: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
  /** The id that the person was shown; of those that are counted together the first one's. */
  readonly request?: string | undefined;
};

/** The row of one request while it runs. Whoever learns something writes it here. */
export type Entry = Mutable<ActivityRow> & { readonly startedAt: number };

type Deps = {
  readonly store: Pick<Store, 'writeLedger'>;
  readonly clock: Clock;
  readonly log: Log;
  /** `false` keeps events and figures, and no row of any request. */
  readonly keepsRequests?: boolean;
};

/** What a queue drops first when it is full: the oldest rows of calls that went well. */
function makeRoom(rows: ActivityRow[]): number {
  const before = rows.length;
  let toDrop = Math.ceil(MAX_QUEUED / 10);
  const kept = rows.filter(row => row.outcome !== 'ok' || toDrop-- <= 0);
  rows.length = 0;
  rows.push(...kept.slice(-MAX_QUEUED + 1));
  return before - rows.length;
}

/** Remembers what came lately, so that a flood is one row with a count. */
class Floods<Row extends { count: number }> {
  readonly #open = new Map<string, Row>();

  /** Gives the row where it is the first of its kind. */
  add(key: string, make: () => Row): Row | undefined {
    const known = this.#open.get(key);
    if (known) known.count++;
    if (known || this.#open.size >= MAX_FLOODS) return undefined;
    const row = make();
    this.#open.set(key, row);
    return row;
  }

  take(isDue: (row: Row) => boolean): Row[] {
    const due: Row[] = [];
    for (const [key, row] of this.#open) {
      if (!isDue(row)) continue;
      due.push(row);
      this.#open.delete(key);
    }
    return due;
  }
}

type IsDue = (row: { readonly at: number }) => boolean;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The journal of the process: rows gather here and go to the store in batches, never on the path of a call. */
export class Ledger {
  readonly metrics = new Metrics();
  readonly #deps: Deps;
  readonly #listeners = new Set<(row: ActivityRow) => void>();
  readonly #eventListeners = new Set<(row: EventRow) => void>();
  readonly #refusals = new Floods<Mutable<ActivityRow>>();
  readonly #events = new Floods<Mutable<EventRow>>();
  readonly #rows: ActivityRow[] = [];
  readonly #sweep: NodeJS.Timeout;
  #dropped = 0;
  #writes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#sweep = setInterval(() => void this.#flush(false), 2_000);
    this.#sweep.unref();
    this.metrics.gauge(
      'authmcp_ledger_dropped',
      'Rows that were dropped because the store was slow.',
      () => this.#dropped,
    );
  }

  open(from: Opening): Entry {
    return newEntry(from);
  }

  /** Ends the entry of one request; called once. */
  close(entry: Entry): void {
    const row = endOf(entry);
    this.metrics.request({
      method: METHODS.has(row.method ?? '') ? (row.method ?? '') : 'other',
      server: row.server ?? 'none',
      outcome: row.outcome,
      ms: row.durationMs,
      upstreamMs: row.upstreamMs,
    });
    for (const listener of this.#listeners) listener(row);
    if (this.#deps.keepsRequests === false) return;
    if (this.#rows.length >= MAX_QUEUED) this.#dropped += makeRoom(this.#rows);
    this.#rows.push(row);
    if (this.#rows.length >= FLUSH_ROWS) void this.#flush(false);
    else this.#flushSoon();
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#flush(false);
    }, FLUSH_MS);
  }

  /** Refused before anybody was known: one row per address, reason and ten seconds, with a count. */
  refused(entry: Entry): void {
    const ms = performance.now() - entry.startedAt;
    this.metrics.request({ method: 'other', server: 'none', outcome: 'refused', ms, upstreamMs: undefined });
    if (this.#deps.keepsRequests === false) return;
    this.#refusals.add(`${entry.address} ${entry.fault}`, () => endOf(entry));
  }

  event(event: SecurityEvent): void {
    const { type, severity, principal, address, server, request } = event;
    const detail = JSON.stringify(event.detail);
    const told = request === undefined ? detail : JSON.stringify({ ...event.detail, request });
    const at = this.#deps.clock.now();
    const make = (): Mutable<EventRow> => ({
      id: uuidv7(at),
      at,
      type,
      severity,
      principal,
      address,
      server,
      detail: told,
      count: 1,
    });
    const first = this.#events.add(
      [type, address ?? '', principal ?? '', server ?? '', detail].join(' '),
      make,
    );
    if (first) for (const listener of this.#eventListeners) listener({ ...first });
    this.#deps.log.info(
      { event: type, severity, principal, address, server, ...event.detail, request },
      'security event',
    );
  }

  /** Each entry when it is closed; of refusals before anybody was known their count, when they are written. */
  onEntry(listener: (row: ActivityRow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Each security event; of equal ones within ten seconds the first. */
  onEvent(listener: (row: EventRow) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Everything that was closed so far is in the store when this resolves. */
  flush(): Promise<void> {
    return this.#flush(true);
  }

  /** The same of what began before `at`: a flood that goes on stays one row, where it began later. */
  settle(at: number): Promise<void> {
    return this.#flush(true, row => row.at < at);
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    clearTimeout(this.#timer);
    await this.#flush(true);
  }

  /** While a batch is being written the next one waits in the queue, which has a bound. */
  #flush(isAll: boolean, isDue: IsDue = () => isAll): Promise<void> {
    if (this.#writes > 0 && !isAll) return this.#writing;
    this.#writes++;
    this.#writing = this.#writing.then(() => this.#write(isDue));
    return this.#writing;
  }

  async #write(isMeant: IsDue): Promise<void> {
    const isDue: IsDue = row => isMeant(row) || row.at + FLOOD_WINDOW_MS <= this.#deps.clock.now();
    const refusals = this.#refusals.take(isDue);
    for (const row of refusals) for (const listener of this.#listeners) listener(row);
    const activity = [...this.#rows.splice(0), ...refusals];
    const events = this.#events.take(isDue);
    try {
      if (activity.length > 0 || events.length > 0) await this.#deps.store.writeLedger({ activity, events });
    } catch (error) {
      this.#dropped += activity.length;
      this.#deps.log.error({ err: error, rows: activity.length }, 'the ledger could not be written');
    } finally {
      this.#writes--;
      if (this.#rows.length > 0) this.#flushSoon();
    }
  }
}

export type Opening = {
  readonly id: string;
  readonly at: number;
  readonly startedAt: number;
  readonly address: string;
  readonly path: string;
  readonly userAgent: string | undefined;
};

const MOST_TEXT = 512;

/** Stops the time. What a client or server wrote is no longer than it must be, and its code is one that can be kept. */
function endOf(entry: Entry): ActivityRow & { count: number } {
  entry.durationMs = performance.now() - entry.startedAt;
  const { method, target, code } = entry;
  if (method !== undefined && method.length > MOST_TEXT) entry.method = method.slice(0, MOST_TEXT);
  if (target !== undefined && target.length > MOST_TEXT) entry.target = target.slice(0, MOST_TEXT);
  if (code !== undefined && !Number.isSafeInteger(code)) entry.code = undefined;
  return entry;
}

function newEntry(from: Opening): Entry {
  return {
    id: from.id,
    at: from.at,
    startedAt: from.startedAt,
    principal: undefined,
    userName: undefined,
    credential: undefined,
    client: undefined,
    clientName: undefined,
    userAgent: from.userAgent,
    address: from.address,
    endpoint: cut(from.path, 512),
    era: undefined,
    session: undefined,
    method: undefined,
    server: undefined,
    target: undefined,
    outcome: 'ok',
    fault: undefined,
    code: undefined,
    status: 200,
    upstreamMs: undefined,
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
    count: 1,
    serverEra: undefined,
    traceId: undefined,
  };
}
