import type { Fault } from '../base/index.ts';
import { type Exchange, header } from '../http/index.ts';
import type { Entry, Ledger } from '../ledger/index.ts';
import type { Live } from '../live/index.ts';
import type { Place } from './place.ts';

type Refused = { readonly exchange: Exchange; readonly place: Place; readonly entry: Entry };
type Deps = { readonly ledger: Ledger; readonly live: Live };

/** What a refused caller may not have, where it exists: they are told the same as if it did not. */
function deniedServer({ place, entry }: Refused, fault: Fault, live: Live): string | undefined {
  if (fault.fault === 'unknown_target' || fault.fault === 'resource_not_found') return entry.server;
  const isHidden = fault.fault === 'not_found' && place.kind === 'one';
  return isHidden && live.current().servers.has(place.server) ? place.server : undefined;
}

/** Tells the ledger of a credential that was refused, and of somebody who asked for what is not theirs. */
export function noteRefusal(refused: Refused, fault: Fault, { ledger, live }: Deps): void {
  const { exchange, entry } = refused;
  const { address } = exchange;
  // A request without a credential is how every client begins (RFC 6750 section 3.1).
  if (fault.fault === 'unauthorized' && header(exchange.request, 'authorization') !== undefined)
    return ledger.event({
      type: 'unauthorized_access',
      severity: 'medium',
      address,
      detail: { path: exchange.path, says: fault.message },
    });
  const server = deniedServer(refused, fault, live);
  if (server === undefined && fault.fault !== 'insufficient_scope') return;
  const detail = { path: exchange.path, why: fault.fault, ...(entry.target && { target: entry.target }) };
  const principal = entry.principal;
  ledger.event({ type: 'permission_denied', severity: 'medium', principal, address, server, detail });
}
