import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { type ModernClient, modernClient, type RpcAnswer } from '../../support/mcp.ts';
import { tempDir } from '../../support/temp.ts';
import { startWaiter, type Waiter } from './support/waiter.ts';

const SHORT = { headersMs: 15_000, bodyMs: 15_000, stallMs: 60_000, parkedMs: 3_000 };
const CALL = { name: 'ask', arguments: {} };
const capabilities = { elicitation: { form: {} } };

let waiter: Waiter;
let hastyWaiter: Waiter;
let gateway: GatewayHere;
let hasty: GatewayHere;
let client: ModernClient;

beforeAll(async () => {
  [waiter, hastyWaiter] = await Promise.all([startWaiter(), startWaiter()]);
  gateway = await startGatewayHere({ servers: { waiter: waiter.url } });
  hasty = await startGatewayHere({ servers: { waiter: hastyWaiter.url }, patience: SHORT });
  client = at(gateway);
  await Promise.all([client, at(hasty)].map(by => by.request('tools/list')));
});
afterAll(async () => {
  await Promise.all([gateway.close(), hasty.close()]);
  await Promise.all([waiter.close(), hastyWaiter.close()]);
});
beforeEach(() => {
  for (const one of [waiter, hastyWaiter]) one.clear();
});

const at = ({ url, adminToken }: GatewayHere, token = adminToken) =>
  modernClient({ url: url('/mcp/waiter'), token, capabilities });

/** Calls, and what a retry of it says. */
async function park(by: ModernClient) {
  const { message } = await by.request('tools/call', CALL);
  expect(message.result).toMatchObject({ resultType: 'input_required' });
  const [key = ''] = Object.keys(message.result?.inputRequests ?? {});
  return {
    ...CALL,
    requestState: message.result?.requestState,
    inputResponses: { [key]: { action: 'decline' } },
  };
}
const heard = (what: string, by = waiter) => by.heard().filter(one => one.startsWith(what));
const isRefused = ({ message }: RpcAnswer) => expect(message.error).toMatchObject({ code: -32602 });

describe('a call that waits for its client', () => {
  it('is cancelled at the server after a while, its question is answered, and nobody can go on with it', async () => {
    const by = at(hasty);
    const retry = await park(by);
    await expect
      .poll(() => heard('notifications/cancelled', hastyWaiter).length, { timeout: 10_000 })
      .toBe(1);
    expect(heard('answer', hastyWaiter)).toEqual(['answer {"action":"cancel"}']);
    isRefused(await by.request('tools/call', retry));
  });

  it('leaves its seat when it is cancelled so', async () => {
    const by = at(hasty, await hasty.userToken('greedy', ['waiter']));
    const parked = async () => (await by.request('tools/call', CALL)).message.error?.code;
    expect(await Promise.all(Array.from({ length: 17 }, parked))).toContain(1005);
    await expect.poll(parked, { timeout: 15_000 }).toBeUndefined();
  });

  it('that takes too long while somebody waits for it tells so', async () => {
    const by = at(hasty);
    const retry = await park(by);
    const { message } = await by.request('tools/call', retry);
    expect(message.error).toMatchObject({ code: 1005, data: { server: 'waiter', mayHaveRun: true } });
    await expect.poll(() => heard('notifications/cancelled', hastyWaiter).length).toBeGreaterThan(0);
  });

  it('whose retry breaks off is cancelled, and the same retry is told so', async () => {
    const retry = await park(client);
    const leaving = new AbortController();
    const going = client.request('tools/call', retry, { signal: leaving.signal }).catch(() => {});
    await expect.poll(() => heard('answer').length).toBe(1);
    const joined = client.request('tools/call', retry);
    leaving.abort();
    await going;
    await expect.poll(() => heard('notifications/cancelled').length).toBe(1);
    isRefused(await joined);
    isRefused(await client.request('tools/call', retry));
  });

  it('tells its retry that the server is gone, with its name, and is not sent again', async () => {
    const retry = await park(client);
    waiter.drop();
    const { message } = await client.request('tools/call', retry);
    expect(message.error).toMatchObject({ code: 1008, data: { server: 'waiter', mayHaveRun: true } });
    expect(heard('tools/call')).toHaveLength(1);
  });

  it('ends when its person may not use the server any more', async () => {
    const token = await gateway.userToken('leaver', ['waiter']);
    const by = at(gateway, token);
    const retry = await park(by);
    const leaver = await gateway.store.userByName('leaver');
    if (leaver) await gateway.store.removeGrant({ userId: leaver.id, server: 'waiter' as ServerName });
    await expect.poll(() => heard('notifications/cancelled').length).toBe(1);
    const { status, message } = await by.request('tools/call', retry);
    expect([status, message.result]).toEqual([404, undefined]);
  });

  it('is not known to the gateway after a new start', async () => {
    const { path: dir, remove } = await tempDir('authmcp-parked-');
    const servers = { waiter: waiter.url };
    const first = await startGatewayHere({ servers, dir });
    const retry = await park(at(first));
    await first.close();
    const second = await startGatewayHere({ servers, dir });
    isRefused(await at(second).request('tools/call', retry));
    await second.close();
    await remove();
  });
});
