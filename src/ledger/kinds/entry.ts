import { cut } from '../../base/index.ts';
import type { ActivityRow } from '../../store/index.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The row of one request while it runs. Whoever learns something writes it here. */
export type Entry = Mutable<ActivityRow> & {
  readonly startedAt: number;
  /** Since when a server works for it; undefined while none does. */
  askedAt: number | undefined;
};

export type Opening = {
  readonly id: string;
  readonly at: number;
  readonly startedAt: number;
  readonly address: string;
  readonly path: string;
  readonly userAgent: string | undefined;
};

const MOST_TEXT = 512;

/** In whole microseconds: what more a clock says is noise, and costs wherever it is written or read. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Stops the time. What a client or server wrote is no longer than it must be, and its code is one that can be kept. */
export function endOf(entry: Entry): ActivityRow & { count: number } {
  entry.durationMs = rounded(performance.now() - entry.startedAt);
  const { method, target, code, upstreamMs } = entry;
  if (upstreamMs !== undefined) entry.upstreamMs = rounded(upstreamMs);
  if (method !== undefined && method.length > MOST_TEXT) entry.method = method.slice(0, MOST_TEXT);
  if (target !== undefined && target.length > MOST_TEXT) entry.target = target.slice(0, MOST_TEXT);
  if (code !== undefined && !Number.isSafeInteger(code)) entry.code = undefined;
  return entry;
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
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
    count: 1,
    serverEra: undefined,
    traceId: undefined,
  };
}
