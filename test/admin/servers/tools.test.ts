import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { legacyClient } from '../../support/mcp.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const SERVERS = '/admin/api/mcp-servers';

let echo: Echo2025;
let callers: Callers;
let ahead = 0;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { filed: echo.url }, clock: { now: () => Date.now() + ahead } });
  await callers.ask('admin', `POST ${SERVERS}`, { name: 'stored', url: echo.url });
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const patch = (server: string, body: unknown, who: 'admin' | 'auditor' = 'admin') =>
  callers.ask(who, `PATCH ${SERVERS}/${server}/tools`, body);
const tools = async (server: string) =>
  (await callers.ask('auditor', `GET ${SERVERS}/${server}/tools`)).body as unknown as readonly Json[];
const tool = async (server: string, name: string) => (await tools(server)).find(one => one.name === name);
const listed = async (client: Awaited<ReturnType<typeof legacyClient>>) =>
  (await client.request('tools/list')).text;
const client = (server: string) =>
  legacyClient({ url: callers.url(`/mcp/${server}`), token: callers.adminToken });

describe.each(['filed', 'stored'])('the tools of a server (%s)', server => {
  it('are switched off and on for everybody, administrators too, with the reason', async () => {
    const one = await client(server);
    await expect.poll(() => listed(one), { timeout: 5_000 }).toContain('"echo"');
    expect(await tool(server, 'echo')).toMatchObject({ state: 'on', why: null });
    const off = await patch(server, { switches: { echo: false } });
    expect(off).toMatchObject({ status: 200, body: { server, new_tools: 'on' } });
    expect(await tool(server, 'echo')).toMatchObject({
      state: 'off',
      why: 'It is switched off for everybody.',
    });
    expect(await listed(one)).not.toContain('"echo"');
    const refused = await one.request('tools/call', { name: 'echo', arguments: { text: 'x' } });
    expect(refused.message.error?.code).toBe(-32602);
    await patch(server, { switches: { echo: null } });
    expect(await tool(server, 'echo')).toMatchObject({ state: 'on' });
    expect((await one.request('tools/call', { name: 'echo', arguments: { text: 'x' } })).text).toContain('x');
  });

  it('and its prompts and instructions are withheld and given back, by whoever may', async () => {
    const one = await client(server);
    const prompts = async () => (await one.request('prompts/list')).text;
    await expect.poll(prompts, { timeout: 5_000 }).toContain('"greet"');
    const off = await patch(server, { prompts: { greet: false }, instructions: false });
    expect(off.body).toMatchObject({ withheld: { prompts: ['greet'], instructions: true } });
    expect(await prompts()).not.toContain('"greet"');
    expect((await one.request('prompts/get', { name: 'greet' })).message.error?.code).toBe(-32602);
    expect((await patch(server, { prompts: { greet: true } }, 'auditor')).status).toBe(403);
    expect(await prompts()).not.toContain('"greet"');
    const { status } = await patch(server, { prompts: { greet: true, never: true }, instructions: true });
    expect(status).toBe(200);
    expect(await prompts()).toContain('"greet"');
    for (const bad of [{ prompts: {} }, { prompts: { greet: null } }, { prompts: [] }, { instructions: 1 }])
      expect((await patch(server, bad)).status, JSON.stringify(bad)).toBe(400);
  });

  it('that are new wait for review by what they may do, until somebody has seen the list', async () => {
    await patch(server, { new_tools: 'review' });
    expect(await tool(server, 'destroy')).toMatchObject({
      ...{ tier: 'destructive', state: 'awaits review', why: expect.any(String) },
    });
    expect(await tool(server, 'echo')).toMatchObject({ tier: 'read', state: 'on' });
    await patch(server, { new_tools: 'off' });
    expect(await tool(server, 'echo')).toMatchObject({ state: 'off' });
    const seen = await patch(server, { new_tools: 'review', seen: true });
    expect(seen.body).toMatchObject({ seen_by: 'user:admin', seen_at: expect.any(Number) });
    expect(await tool(server, 'destroy')).toMatchObject({ state: 'on' });
    await patch(server, { new_tools: 'on' });
  });

  it('may be switched off before the server lists them, by any name', async () => {
    const names = ['not_there', '__proto__', 'constructor', 'ein Wort', '\u202e', '/../x'];
    const text = `{"switches":{${names.map(name => `${JSON.stringify(name)}:false`).join()}}}`;
    const answer = await callers.ask('admin', `PATCH ${SERVERS}/${server}/tools`, undefined, { text });
    expect(answer.status).toBe(200);
    for (const name of names)
      expect(await tool(server, name)).toMatchObject({ state: 'off', exposed: null, definition: null });
    await callers.ask('admin', `PATCH ${SERVERS}/${server}/tools`, undefined, {
      text: text.replaceAll('false', 'null'),
    });
    expect((await tools(server)).map(one => one.name)).not.toContain('__proto__');
  });

  it('end within a second where they are switched off while they run, and others go on', async () => {
    const one = await client(server);
    echo.journal.clear();
    const slow = one.request('tools/call', { name: 'slow', arguments: { ms: 8_000 } });
    await expect.poll(() => echo.journal.of('tools/call').length).toBe(1);
    const from = performance.now();
    await patch(server, { switches: { slow: false } });
    await slow;
    expect(performance.now() - from).toBeLessThan(1_000);
    expect((await one.request('tools/call', { name: 'echo', arguments: { text: 'on' } })).text).toContain(
      'on',
    );
    await patch(server, { switches: { slow: null } });
  });
});

describe('tools of all servers', () => {
  const find = (query: string) => callers.ask('auditor', `GET /admin/api/tools${query}`);
  const named = async (q: string) =>
    ((await find(`?q=${encodeURIComponent(q)}`)).body as unknown as readonly Json[]).map(one => one.exposed);

  it('are found by a part of their own name and of that on /mcp, what begins so first', async () => {
    await listed(await client('filed'));
    await listed(await client('stored'));
    expect(await named('ECHO')).toEqual(expect.arrayContaining(['filed_echo', 'stored_echo']));
    expect(await named('stored_ec')).toEqual(['stored_echo']);
    expect((await named('ed_'))[0]).toMatch(/^(filed|stored)_/);
    expect(await named('no such tool')).toEqual([]);
    expect((await named('_')).length).toBeLessThanOrEqual(40);
  });

  it.each(['', '?q=', `?q=${'x'.repeat(201)}`, '?q=a&limit=9'])('are not sought by %j', async query => {
    expect((await find(query)).status).toBe(400);
  });
});

describe('a switch that is none', () => {
  it.each([
    ['nothing', {}],
    ['no switches', { switches: {} }],
    ['a list', { switches: [['echo', false]] }],
    ['a text', { switches: 'echo' }],
    ['a word', { switches: { echo: 'off' } }],
    ['a number', { switches: { echo: 0 } }],
    ['no name', { switches: { '': false } }],
    ['a zero byte', { switches: { 'a\0b': false } }],
    ['half a character', { switches: { '\ud800': false } }],
    ['a name without end', { switches: { ['x'.repeat(1025)]: false } }],
    [
      'too many',
      { switches: Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`t${at}`, false])) },
    ],
    ['another rule', { new_tools: 'maybe' }],
    ['unseen', { seen: false }],
    ['another field', { switches: { echo: false }, tools: [] }],
  ])('is refused: %s', async (_, body) => {
    expect(await patch('filed', body)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await tools('filed')).every(one => one.state === 'on')).toBe(true);
  });

  it('takes a password that was given lately where it may switch something on, and none to switch off', async () => {
    const root = await callers.addPerson('late', 'admin');
    await callers.refresh();
    const late = await callers.sessionOf(root);
    ahead = 10 * 60_000;
    const ask = (body: unknown) => callers.ask(late, `PATCH ${SERVERS}/filed/tools`, body);
    for (const body of [
      { switches: { echo: true } },
      { switches: { echo: null } },
      { new_tools: 'on' },
      { seen: true },
    ])
      expect(await ask(body)).toMatchObject({ status: 403, body: { error: 'password_needed' } });
    expect(await ask({ switches: { echo: false } })).toMatchObject({ status: 200 });
    ahead = 0;
    expect(await patch('filed', { switches: { echo: null } })).toMatchObject({ status: 200 });
  });

  it('is refused to auditors, and at servers that are not there', async () => {
    expect(await patch('filed', { switches: { echo: false } }, 'auditor')).toMatchObject({ status: 403 });
    for (const server of ['none', '__proto__', 'FILED'])
      expect(await patch(server, { switches: { echo: false } })).toMatchObject({ status: 404 });
  });

  it('stands in the audit log with what was before', async () => {
    await patch('stored', { switches: { echo: false } });
    await patch('stored', { switches: { echo: null } });
    const [back] = (await callers.store.listAudit(100)).filter(
      ({ action, target }) => action === 'server.tools' && target === 'stored',
    );
    expect(back).toMatchObject({ actor: 'user:admin' });
    expect(JSON.parse(back?.before ?? '{}')).toMatchObject({ tools: { echo: false } });
    expect(JSON.parse(back?.after ?? '{}')).toMatchObject({ tools: {} });
  });
});
