import { type Fault, uuidv7 } from '../../base/index.ts';
import type { Ledger, Log } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { Admission } from '../admission.ts';
import type { Context } from '../call.ts';
import { noteFault } from '../refusal-events.ts';

/** What is written of a batch as a whole, until its messages are known: those that ask have entries of their own. */
export const BATCH = 'batch';

/**
 * One message of a batch with an entry of its own, as if it had come alone. The first keeps the id of the HTTP request;
 * an error names the id of its own entry.
 */
export function partOf(context: Context, bytesIn: number, index: number): Context {
  const { entry, exchange } = context;
  const id = index === 0 ? exchange.id : uuidv7(exchange.at);
  const method = undefined;
  return { ...context, exchange: { ...exchange, id }, entry: { ...entry, id, method, bytesIn }, trail: {} };
}

type EndDeps = Pick<Admission, 'settle'> & {
  readonly ledger: Ledger;
  readonly live: Live;
  readonly log: Log;
};

/** A message of a batch was answered; `fault` where it was refused. Whoever took it back did not fail. */
export function endPart(part: Context, fault: Fault | undefined, deps: EndDeps): void {
  const { caller, entry, exchange } = part;
  entry.status = exchange.response.headersSent ? exchange.response.statusCode : 200;
  if (fault && entry.outcome !== 'cancelled') noteFault(part, fault, deps);
  deps.settle(caller, entry);
  deps.ledger.close(entry);
}
