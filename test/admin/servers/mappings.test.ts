import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { beside } from '../../cli/support/beside.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { type Callers, startCallers } from '../api/support/callers.ts';

const MAPPINGS = '/admin/api/tool-mappings';

let one: Echo2025;
let two: Echo2025;
let callers: Callers;
beforeAll(async () => {
  [one, two] = [await startEcho2025({ name: 'one' }), await startEcho2025({ name: 'two' })];
  callers = await startCallers({ servers: { one: one.url, two: two.url } });
  const client = await caller();
  // Lists wait for servers that were never read, once (D22).
  await vi.waitFor(
    async () => expect((await client.request('tools/list')).text).toMatch(/one_echo[\s\S]*two_echo/),
    { timeout: 10_000 },
  );
});
afterAll(async () => {
  await callers.close();
  await Promise.all([one.close(), two.close()]);
});

const caller = (token = callers.adminToken) => legacyClient({ url: callers.url('/mcp'), token });
const put = (name: string, body: object, who: 'admin' | 'auditor' = 'admin') =>
  callers.ask(who, `PUT ${MAPPINGS}/${name}`, body);
const called = async (name: string, token?: string) => {
  const before = [one, two].map(({ journal }) => journal.entries().length);
  const answer = await (await caller(token)).request('tools/call', { name, arguments: { text: 'x' } });
  const reached = [one, two].flatMap(({ journal }, at) =>
    journal
      .entries()
      .slice(before[at])
      .some(({ method }) => method === 'tools/call')
      ? [at + 1]
      : [],
  );
  return { reached, code: answer.message.error?.code };
};

describe('a name that is mapped by hand', () => {
  it('leads where an administrator said, for clients of each era, and is in no list', async () => {
    expect(await called('repeat')).toEqual({ reached: [], code: -32602 });
    const made = await put('repeat', { server: 'two', tool: 'echo' });
    expect(made).toMatchObject({
      status: 200,
      body: { server: 'two', tool: 'echo', changed_by: 'user:admin' },
    });
    expect(await called('repeat')).toEqual({ reached: [2], code: undefined });
    const modern = modernClient({ url: callers.url('/mcp'), token: callers.adminToken });
    const answer = await modern.request('tools/call', { name: 'repeat', arguments: { text: 'y' } });
    expect(answer.text).toContain('y');
    expect((await (await caller()).request('tools/list')).text).not.toContain('"repeat"');
    expect((await callers.ask('auditor', `GET ${MAPPINGS}`)).body).toMatchObject([{ name: 'repeat' }]);
  });

  it('takes a raw name from the server that had it first, and gives it back', async () => {
    expect(await called('echo')).toMatchObject({ reached: [1] });
    await put('echo', { server: 'two', tool: 'echo' });
    expect(await called('echo')).toMatchObject({ reached: [2] });
    expect((await callers.ask('admin', `DELETE ${MAPPINGS}/echo`)).status).toBe(204);
    expect(await called('echo')).toMatchObject({ reached: [1] });
  });

  it('opens nothing to whoever may not call the tool, and explain says so', async () => {
    await put('repeat', { server: 'two', tool: 'echo' });
    const alice = await callers.userToken('alice', ['one']);
    expect(await called('repeat', alice)).toEqual({ reached: [], code: -32602 });
    const { body } = await callers.ask('admin', 'GET /admin/api/explain?user=alice&tool=repeat');
    expect(body).toMatchObject({ allowed: false, server: 'two', name: 'echo' });
    const said = await beside(callers)(['explain', '--user', 'alice', '--tool', 'repeat']);
    expect(said.out).toContain('alice may not use the tool echo of two');
  });

  it('is set and taken back on the command line beside a gateway that runs', async () => {
    const run = beside(callers);
    expect(await run(['server', 'map', 'again', 'one', 'echo'])).toMatchObject({
      code: 0,
      out: 'again leads to echo of one',
    });
    await expect.poll(async () => (await called('again')).reached, { timeout: 5_000 }).toEqual([1]);
    expect((await run(['server', 'map'])).out).toMatch(/again +one +echo/);
    expect((await run(['server', 'unmap', 'again'])).code).toBe(0);
    await expect.poll(async () => (await called('again')).code, { timeout: 5_000 }).toBe(-32602);
    expect((await run(['server', 'unmap', 'again'])).err).toBe('There is no mapping of again.');
  });

  it('goes with its server', async () => {
    await callers.ask('admin', 'POST /admin/api/mcp-servers', { name: 'third', url: two.url });
    await put('third-echo', { server: 'third', tool: 'echo' });
    await callers.ask('admin', 'DELETE /admin/api/mcp-servers/third');
    const { body } = await callers.ask('auditor', `GET ${MAPPINGS}`);
    expect(JSON.stringify(body)).not.toContain('third-echo');
  });

  it.each([
    [
      'a name that is listed',
      'one_echo',
      { server: 'two', tool: 'echo' },
      { status: 409, body: { field: 'name' } },
    ],
    [
      'a server that is none',
      'x',
      { server: 'nowhere', tool: 'echo' },
      { status: 400, body: { field: 'server' } },
    ],
    ['no tool', 'x', { server: 'one', tool: '' }, { status: 400, body: { field: 'tool' } }],
    ['NUL in the tool', 'x', { server: 'one', tool: 'a\0' }, { status: 400, body: { field: 'tool' } }],
    [
      'a name with a blank',
      'a%20b',
      { server: 'one', tool: 'echo' },
      { status: 400, body: { field: 'name' } },
    ],
    [
      'a name of 65 letters',
      'x'.repeat(65),
      { server: 'one', tool: 'echo' },
      { status: 400, body: { field: 'name' } },
    ],
    [
      'a field that is none',
      'x',
      { server: 'one', tool: 'echo', prompt: 'p' },
      { status: 400, body: { field: 'prompt' } },
    ],
  ])('is not made of %s', async (_, name, body, refusal) => {
    expect(await put(name, body)).toMatchObject(refusal);
  });

  it('is no auditor’s to make', async () => {
    expect((await put('x', { server: 'one', tool: 'echo' }, 'auditor')).status).toBe(403);
    expect((await callers.ask('admin', `DELETE ${MAPPINGS}/none`)).status).toBe(404);
  });
});
