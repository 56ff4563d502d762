import type { Fault } from '../base/index.ts';
import { type Exchange, header } from '../http/index.ts';
import type { Entry, Ledger, Log } from '../ledger/index.ts';
import type { Live } from '../live/index.ts';
import type { Place } from './place.ts';

type Refused = { readonly exchange: Exchange; readonly place: Place; readonly entry: Entry };
type Deps = { readonly ledger: Ledger; readonly live: Live };

/** Faults of a call that names something: the entry knows whose that is. */
const NAMED: ReadonlySet<string> = new Set(['unknown_target', 'resource_not_found', 'insufficient_scope']);

/** What a refused caller may not have, where it exists: they are told the same as if it did not. */
function deniedServer({ place, entry }: Refused, fault: Fault, live: Live): string | undefined {
  if (NAMED.has(fault.fault)) return entry.server;
  const isHidden = fault.fault === 'not_found' && place.kind === 'one';
  return isHidden && live.current().servers.has(place.server) ? place.server : undefined;
}

/** RFC 6750 section 2.3, which MCP forbids: the token is now in logs and histories. */
const IN_ADDRESS = /(?:^|&)access_token=/i;

type Shown = { readonly type: 'invalid_token' | 'unauthorized_access'; readonly says: string };

/**
 * What is wrong with the credential: a bearer that is not valid, or none where one is due. A request that shows nothing
 * at all is how every client begins (RFC 6750 section 3.1).
 */
function shownBy({ request, query }: Exchange, fault: Fault): Shown | undefined {
  const isInvalid = fault.data?.reason === 'invalid_token';
  if (header(request, 'authorization') !== undefined)
    return { type: isInvalid ? 'invalid_token' : 'unauthorized_access', says: fault.message };
  if (!IN_ADDRESS.test(query)) return undefined;
  return { type: 'unauthorized_access', says: 'A token stood in the address' };
}

/** Other limits tell of themselves; whoever counts a person's calls at one server has no ledger. */
function noteLimit({ exchange: { address }, entry }: Refused, fault: Fault, ledger: Ledger): void {
  const { limit, of } = fault.data ?? {};
  if (limit !== 'calls') return;
  const { principal, server } = entry;
  ledger.event({ type: 'rate_limited', severity: 'low', principal, address, server, detail: { limit, of } });
}

/** What is refused stands in its entry and among the events; what is the gateway's own defect in the log. */
export function noteFault(refused: Refused, fault: Fault, deps: Deps & { readonly log: Log }): void {
  const { entry, exchange } = refused;
  entry.outcome = entry.principal === undefined ? 'refused' : 'error';
  entry.fault = fault.fault;
  entry.code = fault.code;
  if (fault.fault === 'internal') deps.log.error({ err: fault.cause, requestId: exchange.id }, 'a defect');
  noteRefusal(refused, fault, deps);
}

/** Tells the ledger of a credential that was refused, and of somebody who asked for what is not theirs. */
function noteRefusal(refused: Refused, fault: Fault, { ledger, live }: Deps): void {
  const { exchange, entry } = refused;
  const { address } = exchange;
  const shown = fault.fault === 'unauthorized' ? shownBy(exchange, fault) : undefined;
  if (shown) {
    const detail = { path: exchange.path, says: shown.says };
    return ledger.event({ type: shown.type, severity: 'medium', address, detail });
  }
  if (fault.fault === 'limit_exceeded') return noteLimit(refused, fault, ledger);
  const server = deniedServer(refused, fault, live);
  if (server === undefined && fault.fault !== 'insufficient_scope') return;
  const detail = { path: exchange.path, why: fault.fault, ...(entry.target && { target: entry.target }) };
  const principal = entry.principal;
  ledger.event({ type: 'permission_denied', severity: 'medium', principal, address, server, detail });
}
