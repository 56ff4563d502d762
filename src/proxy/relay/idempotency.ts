import { randomUUID } from 'node:crypto';
import type { RequestCall } from '../call.ts';
import type { OnePlan } from '../route.ts';

/** An idempotency key for a tool that declares one and was called without. */
export function idempotencyArgument(
  call: RequestCall,
  plan: OnePlan,
): { readonly name: string; readonly value: string } | undefined {
  const { traits } = plan.target;
  if (!traits?.isIdempotent || traits.isReadOnly || traits.idempotencyKey === undefined) return undefined;
  const args = call.message.params.arguments;
  if (typeof args !== 'object' || args === null || Object.hasOwn(args, traits.idempotencyKey))
    return undefined;
  return { name: traits.idempotencyKey, value: randomUUID() };
}
