import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everythingCommand } from '../../support/everything.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient } from '../../support/mcp.ts';
import { scopedKey } from '../../support/scoped-key.ts';
import { tempDir } from '../../support/temp.ts';

/** How long servers have for an answer, when an administrator chooses it. */
let gateway: GatewayHere;
let key: string;
let dir: Awaited<ReturnType<typeof tempDir>>;
const start = () =>
  startGatewayHere({
    dir: dir.path,
    servers: {
      silent: { url: 'http://127.0.0.1:9/mcp' },
      own: { url: 'http://127.0.0.1:9/mcp', timeout: 9 },
      pipe: everythingCommand,
    },
  });
async function startAnew(): Promise<void> {
  await gateway.close();
  gateway = await start();
}
beforeAll(async () => {
  dir = await tempDir('authmcp-timeout-');
  gateway = await start();
  key = await scopedKey(gateway, 'root', ['admin']);
});
afterAll(async () => {
  await gateway.close();
  await dir.remove();
});

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(gateway.url(`/admin/api/${path}`), {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const choose = (seconds: unknown) => ask('PATCH', 'settings', { 'upstream.timeoutSeconds': seconds });
const timeoutOf = async (name: string) => (await ask('GET', `mcp-servers/${name}`)).body.timeout;

describe('upstream.timeoutSeconds', () => {
  it('says that it counts from the next start on, and ends no program and no call meanwhile', async () => {
    expect(await timeoutOf('silent')).toBe(30);
    const token = await gateway.userToken('ann', ['pipe']);
    const client = await legacyClient({ url: gateway.url('/mcp/pipe'), token });
    const call = client.request('tools/call', {
      name: 'trigger-long-running-operation',
      arguments: { duration: 2, steps: 2 },
    });
    expect(await choose(7)).toMatchObject({
      status: 200,
      body: { needs_restart: ['upstream.timeoutSeconds'] },
    });
    expect((await call).message.error).toBeUndefined();
    expect([await timeoutOf('silent'), await timeoutOf('own')]).toEqual([30, 9]);
    const { body } = await ask('GET', 'audit');
    const actions = (body.entries as { action: string }[]).map(({ action }) => action);
    expect(actions).toContain('settings.change');
    // Nobody touched the file.
    expect(actions.filter(action => action.startsWith('server.'))).toEqual([]);
  });

  it('reaches then the servers of the configuration file that say nothing else', async () => {
    await startAnew();
    expect([await timeoutOf('silent'), await timeoutOf('own')]).toEqual([7, 9]);
  });

  it('goes back with the choice', async () => {
    await choose(null);
    await startAnew();
    expect([await timeoutOf('silent'), await timeoutOf('own')]).toEqual([30, 9]);
  });

  it.each([0, -1, 3601, 'long', 1.5])('is not %s', async seconds => {
    expect(await choose(seconds)).toMatchObject({ status: 400, body: { field: 'upstream.timeoutSeconds' } });
  });
});
