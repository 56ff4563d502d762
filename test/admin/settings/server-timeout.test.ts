import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from '../api/support/callers.ts';

/** How long servers have for an answer, when an administrator chooses it. */
let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({
    servers: {
      silent: { url: 'http://127.0.0.1:9/mcp' },
      own: { url: 'http://127.0.0.1:9/mcp', timeout: 9 },
    },
  });
});
afterAll(() => callers.close());

const choose = (seconds: unknown) =>
  callers.ask('admin', 'PATCH /admin/api/settings', { 'upstream.timeoutSeconds': seconds });
const timeoutOf = async (name: string) =>
  (await callers.ask('admin', `GET /admin/api/mcp-servers/${name}`)).body.timeout;

describe('upstream.timeoutSeconds', () => {
  it('reaches at once the servers of the configuration file that say nothing else', async () => {
    expect(await timeoutOf('silent')).toBe(30);
    expect(await choose(7)).toMatchObject({ status: 200, body: { needs_restart: [] } });
    expect([await timeoutOf('silent'), await timeoutOf('own')]).toEqual([7, 9]);
  });

  it('reaches those that are added from then on, and not those that were', async () => {
    const add = (name: string) =>
      callers.ask('admin', 'POST /admin/api/mcp-servers', { name, url: 'http://127.0.0.1:9/mcp' });
    await choose(8);
    expect((await add('first')).body.timeout).toBe(8);
    await choose(11);
    expect((await add('second')).body.timeout).toBe(11);
    expect(await timeoutOf('first')).toBe(8);
  });

  it('goes back with the choice', async () => {
    await choose(7);
    await choose(null);
    expect([await timeoutOf('silent'), await timeoutOf('own')]).toEqual([30, 9]);
  });

  it.each([0, -1, 3601, 'long', 1.5])('is not %s', async seconds => {
    const before = await timeoutOf('silent');
    expect(await choose(seconds)).toMatchObject({ status: 400, body: { field: 'upstream.timeoutSeconds' } });
    expect(await timeoutOf('silent')).toBe(before);
  });
});
