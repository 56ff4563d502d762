import { cut } from '../../base/index.ts';
import type { ActivityRow } from '../../store/index.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The row of one request while it runs. Whoever learns something writes it here. */
export type Entry = Mutable<ActivityRow> & {
  readonly startedAt: number;
  /** Since when a server works for it; undefined while none does. */
  askedAt: number | undefined;
  /** After so many milliseconds its caller was known, and a server was asked. */
  knownMs: number | undefined;
  firstAskedMs: number | undefined;
  /** Of the server's time, so much went by before it could be asked. */
  waitedMs: number;
  /** Why it was sent again, a letter for each time: the server had forgotten its session, or the connection failed. */
  sentAgain: string;
};

export type Opening = {
  readonly id: string;
  readonly at: number;
  readonly startedAt: number;
  readonly address: string;
  readonly path: string;
  readonly userAgent: string | undefined;
};

/** Why a request was sent to its server again, as a row keeps it. */
export const SENT_AGAIN = { lost: 'l', failed: 'f' } as const;

const MOST_TEXT = 512;

/** In whole microseconds: what more a clock says is noise, and costs wherever it is written or read. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Stops the time. What a client or server wrote is no longer than it must be, and its code is one that can be kept. */
export function endOf(entry: Entry): ActivityRow & { count: number } {
  entry.durationMs = rounded(performance.now() - entry.startedAt);
  const { method, target, code, upstreamMs } = entry;
  if (upstreamMs !== undefined) entry.upstreamMs = rounded(upstreamMs);
  if (entry.knownMs !== undefined) entry.phases = phasesOf(entry, entry.knownMs);
  if (method !== undefined && method.length > MOST_TEXT) entry.method = method.slice(0, MOST_TEXT);
  if (target !== undefined && target.length > MOST_TEXT) entry.target = target.slice(0, MOST_TEXT);
  if (code !== undefined && !Number.isSafeInteger(code)) entry.code = undefined;
  return entry;
}

/** As one text, because each request is a row: microseconds until the caller was known, until a server was asked, and waited; then why it was sent again. */
function phasesOf({ firstAskedMs, waitedMs, sentAgain }: Entry, knownMs: number): string {
  const asked = firstAskedMs === undefined ? '' : Math.round(firstAskedMs * 1000);
  const path = `${Math.round(knownMs * 1000)} ${asked} ${Math.round(waitedMs * 1000)}`;
  return sentAgain === '' ? path : `${path} ${sentAgain}`;
}

export function newEntry(from: Opening): Entry {
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
    askedAt: undefined,
    knownMs: undefined,
    firstAskedMs: undefined,
    waitedMs: 0,
    sentAgain: '',
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
    count: 1,
    serverEra: undefined,
    traceId: undefined,
    phases: undefined,
  };
}
