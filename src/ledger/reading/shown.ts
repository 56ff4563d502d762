import type { ActivityRow, AuditRow, EventRow, SignInRow } from '../../store/index.ts';
import { SENT_AGAIN } from '../kinds/entry.ts';

const isoTime = (at: number) => new Date(at).toISOString();
const rounded = (ms: number) => Math.round(ms * 1000) / 1000;

/** A text of JSON as the value that it is; what is none stays a text. */
function readJson(json: string | undefined): unknown {
  if (json === undefined) return null;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

const msOf = (from: number, to = 0) => rounded(Math.max(0, from - to) / 1000);

/** Why a request was sent again, as its row says it. */
function sentAgainOf({ phases = '' }: ActivityRow): ('session_lost' | 'connection_failed')[] {
  const letters = phases.split(' ', 4)[3];
  return [...(letters ?? '')].map(one => (one === SENT_AGAIN.lost ? 'session_lost' : 'connection_failed'));
}

/**
 * The path of a request, part after part, in milliseconds: who asks; what, where to and whether; what was waited for
 * before the server could be asked; the server; and the way back. A part that is not known is null. What was waited for
 * (`connect_ms`) holds a probe in the middle of a call as well, and the way back (`relay_ms`) all time between tries.
 */
function pathOf({ phases, durationMs, upstreamMs }: ActivityRow) {
  const [known, asked, waited] = (phases ?? '')
    .split(' ')
    .map(part => (part === '' ? Number.NaN : Number(part)));
  const none = { auth_ms: null, route_ms: null, connect_ms: null, server_ms: null, relay_ms: null };
  if (known === undefined || !Number.isFinite(known)) return none;
  const all = durationMs * 1000;
  if (upstreamMs === undefined) return { ...none, auth_ms: msOf(known), route_ms: msOf(all, known) };
  // Without its time, or as a part of another request, it is not known when the server was asked.
  const server = upstreamMs * 1000;
  if (asked === undefined || waited === undefined || !(asked + server <= all + 1)) return none;
  return {
    ...{ auth_ms: msOf(known), route_ms: msOf(asked, known), connect_ms: msOf(waited) },
    ...{ server_ms: msOf(server, waited), relay_ms: msOf(all, asked + server) },
  };
}

/** An entry as it is shown, exported and logged. What it said and was told is in none. */
export function showEntry(row: ActivityRow) {
  const { id, endpoint, outcome, status, durationMs, upstreamMs } = row;
  return {
    id,
    at: isoTime(row.at),
    user_id: row.principal ?? null,
    username: row.userName ?? null,
    credential: row.credential ?? null,
    client: row.client ?? null,
    client_name: row.clientName ?? null,
    user_agent: row.userAgent ?? null,
    address: row.address ?? null,
    endpoint,
    era: row.era ?? null,
    server_era: row.serverEra ?? null,
    bridged: row.serverEra !== undefined && row.serverEra !== row.era,
    session: row.session ?? null,
    method: row.method ?? null,
    server: row.server ?? null,
    target: row.target ?? null,
    outcome,
    fault: row.fault ?? null,
    code: row.code ?? null,
    status,
    duration_ms: rounded(durationMs),
    upstream_ms: upstreamMs === undefined ? null : rounded(upstreamMs),
    ...pathOf(row),
    sent_again: sentAgainOf(row),
    gateway_ms: upstreamMs === undefined ? null : rounded(Math.max(0, durationMs - upstreamMs)),
    bytes_in: row.bytesIn,
    bytes_out: row.bytesOut,
    count: row.count,
    trace_id: row.traceId ?? null,
  };
}

/** A security event; who it was, by their id. */
export function showEvent({ id, at, type, severity, principal, address, server, detail, count }: EventRow) {
  return {
    id,
    timestamp: isoTime(at),
    event_type: type,
    severity,
    user_id: principal ?? null,
    ip_address: address ?? null,
    server: server ?? null,
    details: readJson(detail),
    count,
  };
}

/** A change with what was before and after it. */
export function showAudit({ id, at, actor, address, action, target, before, after }: AuditRow) {
  const what = { action, target, before: readJson(before), after: readJson(after) };
  return { id, at: isoTime(at), actor, address: address ?? null, ...what };
}

/** Somebody who signed in or out, or was refused, in the words of version 1. */
export function showSignIn(row: SignInRow) {
  return {
    id: row.id,
    timestamp: isoTime(row.at),
    event_type: row.type,
    success: row.ok === 1,
    user_id: row.principal ?? null,
    username: row.userName ?? null,
    client_id: row.client ?? null,
    ip_address: row.address ?? null,
    user_agent: row.userAgent ?? null,
    details: row.detail ?? null,
    count: row.count,
  };
}
