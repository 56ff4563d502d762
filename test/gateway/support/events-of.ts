import { expect } from 'vitest';
import type { EventRow } from '../../../src/store/index.ts';
import type { TestClock } from '../../auth/support/world.ts';
import type { GatewayHere } from '../../support/gateway-here.ts';

export type Told = EventRow & { readonly read: unknown };

/** What stands in the store, once the ten seconds are over in which equal events become one: `least` of them. */
export async function eventsOf(
  { store }: Pick<GatewayHere, 'store'>,
  clock: Pick<TestClock, 'pass'>,
  type: string,
  least = 1,
): Promise<readonly Told[]> {
  clock.pass(10_000);
  let found: readonly EventRow[] = [];
  await expect
    .poll(
      async () => {
        found = (await store.listEvents(100)).filter(event => event.type === type);
        return found.length;
      },
      { timeout: 5000 },
    )
    .toBeGreaterThanOrEqual(least);
  return found.map(event => ({ ...event, read: JSON.parse(event.detail) }));
}
