import type { Fault, UserId } from '../../base/index.ts';
import type { EventType } from '../../ledger/index.ts';
import type { PageContext } from '../../pages/index.ts';
import type { ApiKit } from './kit.ts';

/** A request of a stranger, whose session has ended or who has none, is no event: so the login page begins. */
function typeOf({ fault, data }: Fault): EventType | undefined {
  if (fault === 'origin_refused') return 'origin_rejected';
  return fault === 'unauthorized' && data?.reason === 'invalid_token' ? 'invalid_token' : undefined;
}

type Denied = { readonly principal: UserId; readonly needs: string; readonly operation: string };

/**
 * Somebody who is known asked for what is not theirs to ask. Whoever tries one operation after the other is counted
 * once for each kind of right that they lack, and the first operation is shown.
 */
export function noteDenied(
  context: PageContext,
  { ledger, addressOf }: ApiKit,
  { principal, needs, operation }: Denied,
): void {
  ledger.event({
    ...{ type: 'permission_denied', severity: 'medium', principal },
    address: addressOf(context.env.incoming),
    detail: { at: 'api', needs },
    sample: { operation },
  });
}

/** Tells the ledger of a credential that is not valid, and of a page of elsewhere that uses somebody's session. */
export function noteRefused(context: PageContext, { ledger, addressOf }: ApiKit, fault: Fault): void {
  const type = typeOf(fault);
  if (!type) return;
  const origin = context.req.header('origin');
  ledger.event({
    ...{ type, severity: 'medium', address: addressOf(context.env.incoming) },
    detail: { at: 'api', says: fault.message },
    ...(type === 'origin_rejected' && origin !== undefined && { sample: { origin } }),
  });
}
