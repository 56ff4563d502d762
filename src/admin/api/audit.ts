import { uuidv7 } from '../../base/index.ts';
import type { ApiKit } from './kit.ts';
import type { Asker } from './operation.ts';

/** `target` names the thing that was changed; no secret goes into any of it. */
export type Change = {
  /** `user.create`: the kind of thing, and what was done to it. */
  readonly action: string;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
};

const textOf = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));

/** Keeps what somebody changed: for the audit log with before and after, and as a security event. */
export async function audit(
  kit: Pick<ApiKit, 'store' | 'clock' | 'ledger'>,
  asker: Pick<Asker, 'actor' | 'address'>,
  change: Change,
): Promise<void> {
  const { action, target, before, after } = change;
  const { actor, address } = asker;
  const at = kit.clock.now();
  await kit.store.addAudit({
    id: uuidv7(at),
    at,
    actor: actor.name,
    address,
    action,
    target,
    before: textOf(before),
    after: textOf(after),
  });
  const detail = { actor: actor.name, action, target };
  kit.ledger.event({ type: 'admin_action', severity: 'low', principal: actor.user.id, address, detail });
}
