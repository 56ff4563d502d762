import { asAsked, challengeOf } from '../auth/index.ts';
import type { Fault } from '../base/index.ts';
import { type Exchange, header } from '../http/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { RefusedSession } from '../proxy/index.ts';
import type { Base } from './identity.ts';

/**
 * A credential given twice is refused before any route sees the request: two readers would take two callers for it.
 * It is told as one of a wrong form (RFC 6750 section 3.1, `invalid_request`).
 */
function noteDoubled({ address, request, response }: Exchange, fault: Fault, { ledger, origin }: Base): void {
  response.setHeader('www-authenticate', challengeOf(fault, asAsked(origin(), header(request, 'host'))));
  ledger.event({ type: 'unauthorized_access', severity: 'medium', address, detail: { says: fault.message } });
}

/** A page of elsewhere, or a name that was made to lead here (2026-07-28 streamable-http, "Security Warning"). */
function noteOrigin({ address, request }: Exchange, ledger: Ledger): void {
  const sample = { origin: header(request, 'origin') ?? '' };
  ledger.event({ type: 'origin_rejected', severity: 'medium', address, detail: { at: 'door' }, sample });
}

/** What was refused before any route saw it, where it is told in the ledger. */
export function noteAtDoor(exchange: Exchange, fault: Fault, base: Base): void {
  if (fault.data?.header === 'authorization') noteDoubled(exchange, fault, base);
  if (fault.fault === 'origin_refused') noteOrigin(exchange, base.ledger);
}

/**
 * A session id is no credential, and still nobody but its owner knows it: that of another person came from somewhere
 * (2026-07-28 security best practices, "Session Hijacking"). The id itself is never told.
 */
export function noteSession(refused: RefusedSession, isEnded: boolean, ledger: Ledger): void {
  const { why, session, caller, place, address } = refused;
  const whose = { principal: caller.principal, address, ...(place !== '*' && { server: place }) };
  const detail = { owner: session?.principal, action: isEnded ? 'blocked' : 'logged' };
  if (why === 'other_principal') ledger.event({ type: 'session_hijack', severity: 'high', ...whose, detail });
  else ledger.event({ type: 'session_refused', severity: 'low', ...whose, detail: { why } });
}
