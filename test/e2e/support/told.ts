import { expect } from 'vitest';
import type { EventRow } from '../../../src/store/index.ts';
import type { TestClock } from '../../auth/support/world.ts';
import type { GatewayHere } from '../../support/gateway-here.ts';
import { post } from '../../support/mcp.ts';

const MARK = 'unauthorized_access';

/** Every event so far: a stranger knocks after it all, and is waited for. */
export async function toldBy(
  { store, url }: Pick<GatewayHere, 'store' | 'url'>,
  clock: Pick<TestClock, 'pass'>,
): Promise<readonly EventRow[]> {
  const all = () => store.listEvents(500);
  const marks = async () => (await all()).filter(({ type }) => type === MARK).length;
  clock.pass(10_000);
  const before = await marks();
  await post(
    url('/mcp'),
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { headers: { authorization: 'Basic eDp5' } },
  );
  clock.pass(10_000);
  await expect.poll(marks, { timeout: 5000 }).toBeGreaterThan(before);
  return (await all()).filter(({ type }) => type !== MARK);
}
