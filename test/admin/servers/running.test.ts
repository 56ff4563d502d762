import { afterAll, beforeAll, expect, it } from 'vitest';
import { everythingCommand } from '../../support/everything.ts';
import { legacyClient } from '../../support/mcp.ts';
import { type Callers, startCallers } from '../api/support/callers.ts';

/** What the gateway has at a server now. */
let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({ servers: { pipe: everythingCommand, gone: 'http://127.0.0.1:9/mcp' } });
});
afterAll(() => callers.close());

const runningAt = async (name: string) =>
  (await callers.ask('admin', `GET /admin/api/mcp-servers/${name}`)).body.running as Record<string, unknown>;

it('a call counts as long as it runs, and the program that it runs in', async () => {
  const token = await callers.userToken('ann', ['pipe']);
  const client = await legacyClient({ url: callers.url('/mcp/pipe'), token });
  expect(await runningAt('pipe')).toMatchObject({ calls: 0, is_paused: false });
  const call = client.request('tools/call', {
    name: 'trigger-long-running-operation',
    arguments: { duration: 3, steps: 3 },
  });
  await expect.poll(() => runningAt('pipe')).toMatchObject({ calls: 1, sessions: expect.any(Number) });
  expect(Number((await runningAt('pipe')).sessions)).toBeGreaterThan(0);
  await call;
  await expect.poll(() => runningAt('pipe')).toMatchObject({ calls: 0 });
});

it('a server that fails again and again is paused, and has nothing', async () => {
  const token = await callers.userToken('ben', ['gone']);
  const client = await legacyClient({ url: callers.url('/mcp/gone'), token });
  const ask = () => client.request('tools/call', { name: 'any', arguments: {} }).catch(() => undefined);
  await expect
    .poll(
      async () => {
        await ask();
        return runningAt('gone');
      },
      { timeout: 20_000 },
    )
    .toEqual({ calls: 0, streams: 0, sessions: 0, is_paused: true });
});

it('the list of all servers has it too', async () => {
  const { body } = await callers.ask('admin', 'GET /admin/api/mcp-servers');
  for (const one of body as unknown as { running: object }[])
    expect(one.running).toMatchObject({ calls: 0, is_paused: expect.any(Boolean) });
});
