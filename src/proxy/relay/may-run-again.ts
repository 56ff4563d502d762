import { Fault, type ServerName } from '../../base/index.ts';
import type { RequestCall } from '../call.ts';
import type { OnePlan } from '../route.ts';
import type { TryOutcome } from './answer-relay.ts';

/** Of a server that has no session however often one is opened there; nothing ran. */
export function forgetsSessions(server: ServerName): Fault {
  const says = 'The server forgets its sessions';
  return new Fault('upstream_invalid', { says, data: { server, mayHaveRun: false } });
}

/** These do something, and say nothing of whether they may do it twice. */
const ONCE: ReadonlySet<string> = new Set(['resources/subscribe', 'tasks/cancel', 'tasks/update']);

/**
 * Whether a request whose connection failed may be sent once more: what only reads may, what is idempotent where
 * its schema declares the key that makes it so. Anything else might run twice.
 */
export function mayRunAgain(
  outcome: TryOutcome,
  { row, message }: RequestCall,
  { target }: OnePlan,
): boolean {
  if (outcome.kind !== 'failed') return false;
  if (outcome.failure !== 'broken' && outcome.failure !== 'unreachable') return false;
  if (row.kind !== 'tool') return !ONCE.has(message.method);
  const { traits } = target;
  return (
    traits?.isReadOnly === true || (traits?.isIdempotent === true && traits.idempotencyKey !== undefined)
  );
}
