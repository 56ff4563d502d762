import { asAsked, challengeOf } from '../auth/index.ts';
import type { Fault } from '../base/index.ts';
import { type Exchange, header } from '../http/index.ts';
import type { Base } from './identity.ts';

/**
 * A credential given twice is refused before any route sees the request: two readers would take two callers for it.
 * It is told as one of a wrong form (RFC 6750 section 3.1, `invalid_request`).
 */
export function noteAtDoor(exchange: Exchange, fault: Fault, { ledger, origin }: Base): void {
  if (fault.data?.header !== 'authorization') return;
  const { address, request, response } = exchange;
  response.setHeader('www-authenticate', challengeOf(fault, asAsked(origin(), header(request, 'host'))));
  ledger.event({ type: 'unauthorized_access', severity: 'medium', address, detail: { says: fault.message } });
}
