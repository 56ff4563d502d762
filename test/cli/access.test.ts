import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from '../admin/api/support/callers.ts';
import { namesIn } from '../e2e/support/answers.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { modernClient } from '../support/mcp.ts';
import { beside } from './support/beside.ts';
import { commandLine } from './support/command-line.ts';

const SOON = { timeout: 3000, interval: 20 };

let echo: Echo2025;
let callers: Callers;
let run: ReturnType<typeof beside>;
let key: string;
beforeAll(async () => {
  echo = await startEcho2025();
  callers = await startCallers({ servers: { home: echo.url } });
  run = beside(callers);
  ({ key } = await callers.keyOf(callers.users.user, ['mcp']));
  // Once read, so that the store knows what the server offers.
  await modernClient({ url: callers.url('/mcp'), token: callers.adminToken }).request('tools/list');
});
afterAll(async () => {
  await callers.close();
  await echo.close();
});

const tools = async (token = key): Promise<readonly string[]> => {
  const client = modernClient({ url: callers.url('/mcp'), token });
  return namesIn(await client.request('tools/list')).map(name => name.slice('home_'.length));
};

describe('beside a running gateway, without a restart', () => {
  it('grants of a part, by name and tier, and what forbids', async () => {
    const add = (...args: string[]) => run(['grant', 'add', ...args]);
    expect((await add('user', 'home', '--tool', 'w*')).out).toBe('grant of user on home (tools w*) added');
    await expect.poll(() => tools(), SOON).toEqual(['write', 'write_keyed', 'write_unkeyed', 'whoami']);
    expect((await add('everybody', '*', '--tool', '*_keyed', '--deny')).out).toBe(
      'grant of everybody on * (deny tools *_keyed) added',
    );
    await expect.poll(() => tools(), SOON).toEqual(['write', 'write_unkeyed', 'whoami']);
    expect(await tools(callers.adminToken)).not.toContain('write_keyed');
    await add('role:user', 'home', '--tier', 'read', '--note', 'looking is free');
    await expect
      .poll(() => tools(), SOON)
      .toEqual(['echo', 'read', 'write', 'write_unkeyed', 'whoami', 'large']);
    expect((await run(['grant', 'list'])).out.split('\n').map(line => line.split(/ {2,}/))).toEqual([
      ['WHO', 'SERVER', 'FROM', 'PART'],
      ['everybody', '*', 'store', 'deny tools *_keyed'],
      ['role:user', 'home', 'store', 'everything, at most read'],
      ['user', 'home', 'store', 'tools w*'],
    ]);
    const found = JSON.parse((await run(['grant', 'list', '--json'])).out);
    expect(found[1]).toMatchObject({
      who: 'role:user',
      tier: 'read',
      note: 'looking is free',
      effect: 'allow',
    });
    for (const args of [
      ['user', 'home', '--tool', 'w*'],
      ['everybody', '*', '--tool', '*_keyed', '--deny'],
      ['role:user', 'home', '--tier', 'read'],
    ])
      expect((await run(['grant', 'remove', ...args])).code).toBe(0);
    await expect.poll(() => tools(), SOON).toEqual([]);
  });

  it('tools are switched off and on, for everybody', async () => {
    const admin = () => tools(callers.adminToken);
    const all = await admin();
    const switched = await run(['server', 'tools', 'home', '--off', 'echo', '--off', '__proto__']);
    expect(switched.out).toMatch(/^new tools of home: on \(not seen yet\)\nTOOL +TIER +IS\n/);
    expect(switched.out).toMatch(/\necho +read +switched off\n/);
    expect(switched.out).toMatch(/\n__proto__ +switched off\n/);
    expect(switched.out).toMatch(/\nwrite +destructive +on\n/);
    await expect.poll(admin, SOON).toEqual(all.filter(name => name !== 'echo'));
    const waiting = await run(['server', 'tools', 'home', '--reset', 'echo', '--new-tools', 'review']);
    expect(waiting.out).toMatch(/\necho +read +on\n/);
    expect(waiting.out).toMatch(/\nwrite +destructive +awaits review\n/);
    await expect.poll(admin, SOON).toEqual(['echo', 'read', 'whoami', 'large']);
    await run(['server', 'tools', 'home', '--seen']);
    await expect.poll(admin, SOON).toEqual(all);
    await run(['server', 'tools', 'home', '--new-tools', 'off', '--on', 'write']);
    await expect.poll(admin, SOON).toEqual(['write']);
    await run(['server', 'tools', 'home', '--new-tools', 'on', '--reset', 'write', '--reset', '__proto__']);
    await expect.poll(admin, SOON).toEqual(all);
  });

  it('is told why somebody may, and why not', async () => {
    const explain = async (...args: string[]) => (await run(['explain', ...args])).out;
    const asked = ['--user', 'user', '--tool', 'home_write'];
    expect(await explain(...asked)).toBe(
      'user may not use the tool write of home (destructive). No rule allows it.',
    );
    expect(await explain('--user', 'admin', '--tool', 'home_write')).toMatch(
      /^admin may use .*Administrators/,
    );
    await run(['grant', 'add', 'role:user', 'home', '--tool', 'wr*']);
    expect(await explain(...asked)).toBe(
      'user may use the tool write of home (destructive). By the rule: allow role:user on home: tools wr*.',
    );
    expect(await explain('--user', 'user', '--server', 'home', '--tool', 'unheard_of')).toMatch(/may not/);
    await run(['server', 'tools', 'home', '--off', 'write']);
    expect(await explain(...asked)).toMatch(/switched off for everybody/);
    await run(['server', 'tools', 'home', '--reset', 'write']);
    await run(['server', 'tool', 'off', 'home', 'write']);
    expect(await explain(...asked)).toMatch(/switched off for everybody/);
    await run(['server', 'tool', 'on', 'home', 'write']);
    await run(['server', 'reviewed', 'home']);
    const json = JSON.parse(await explain(...asked, '--json'));
    expect(json).toMatchObject({ allowed: true, because: 'rule', tier: 'destructive', listed: true });
    await run(['grant', 'remove', 'role:user', 'home', '--tool', 'wr*']);
  });
});

describe('prompts and instructions of a server', () => {
  it('are withheld from everybody and given back, and what is so is said', async () => {
    const client = modernClient({ url: callers.url('/mcp/home'), token: callers.adminToken });
    const prompts = async () => (await client.request('prompts/list')).text;
    const off = await run(['server', 'tools', 'home', '--prompt-off', 'greet', '--instructions', 'off']);
    expect(off.out).toContain('shown to nobody: prompt greet, its instructions');
    await expect.poll(prompts, SOON).not.toContain('"greet"');
    const { out } = await run(['server', 'tools', 'home', '--json']);
    expect(JSON.parse(out).withheld).toEqual({ prompts: ['greet'], instructions: true });
    const on = await run(['server', 'tools', 'home', '--prompt-on', 'greet', '--instructions', 'on']);
    expect(on.out).not.toContain('shown to nobody');
    await expect.poll(prompts, SOON).toContain('"greet"');
    const bad = await run(['server', 'tools', 'home', '--instructions', 'maybe']);
    expect([bad.code, bad.err]).toEqual([
      expect.not.toSatisfy(code => code === 0),
      expect.stringContaining('on, off'),
    ]);
  });
});

describe('a server that is added', () => {
  it('while others reach the gateway waits for somebody to look at what could destroy something', async () => {
    const { run: alone, inStore } = commandLine();
    const file = `${callers.dataDir}/served.env`;
    expect((await alone(['server', 'add', 'local', 'http://h/mcp'])).out).not.toContain('--seen');
    writeFileSync(file, 'MCP_PUBLIC_URL=https://mcp.example.com\n');
    const added = await alone(['server', 'add', 'served', 'http://h/mcp', '--env-file', file]);
    expect([added.code, added.out]).toEqual([0, expect.stringContaining('server tools served, then --seen')]);
    const found = await inStore(store => store.access.listSwitches());
    expect(found.map(({ server, newTools, seenAt }) => [server, newTools, seenAt])).toEqual([
      ['served', 'review', undefined],
    ]);
  });
});

describe('is refused in one sentence', () => {
  it.each([
    ['a grant to nobody', ['grant', 'add', 'ghost', 'home'], /^There is no user ghost\.$/],
    ['a grant to no group', ['grant', 'add', 'group:ghosts', 'home'], /^There is no group ghosts\.$/],
    ['a grant to a nameless client', ['grant', 'add', 'client:', 'home'], /^There is no client/],
    ['a grant on no server', ['grant', 'add', 'user', 'hom'], /^There is no server hom; did you mean home\?/],
    ['a pattern that is empty', ['grant', 'add', 'user', 'home', '--tool', ''], /^--tool must not be empty/],
    ['too many wildcards', ['grant', 'add', 'user', 'home', '--prompt', '?'.repeat(17)], /16 wildcards/],
    ['what nobody sees', ['grant', 'add', 'user', 'home', '--resource', 'a\u200bb'], /invisible/],
    ['a way that leads back', ['grant', 'add', 'user', 'home', '--resource', 'file:///a/../*'], /segments/],
    ['two parts', ['grant', 'add', 'user', 'home', '--tool', 'a', '--prompt', 'b'], /^Say one of/],
    [
      'a tier of prompts',
      ['grant', 'add', 'user', 'home', '--prompt', 'a', '--tier', 'read'],
      /^--tier is for tools/,
    ],
    ['a tier that is none', ['grant', 'add', 'user', 'home', '--tier', 'all'], /Allowed choices/],
    [
      'taking what is not there',
      ['grant', 'remove', 'user', 'home', '--tool', 'x'],
      /^There is no grant of user/,
    ],
    ['switches of no server', ['server', 'tools', 'elsewhere', '--seen'], /^There is no server elsewhere/],
    [
      'a rule for new tools that is none',
      ['server', 'tools', 'home', '--new-tools', 'maybe'],
      /Allowed choices/,
    ],
    ['explaining to nobody', ['explain', '--user', 'ghost', '--tool', 'x'], /^There is no user ghost/],
    ['explaining nothing', ['explain', '--user', 'user'], /^Say one of/],
    ['explaining what nobody has', ['explain', '--user', 'user', '--tool', 'x'], /^Nothing is known as x/],
    [
      'explaining what only the gateway that runs can know',
      ['explain', '--user', 'user', '--resource', 'x:y'],
      /^Nothing is known as x:y.*\n?.*ask its \/admin\/api\/explain/,
    ],
    [
      'explaining by another’s key',
      ['explain', '--user', 'user', '--key', 'k', '--tool', 'x'],
      /has no key k/,
    ],
    ['explaining by no client', ['explain', '--user', 'user', '--client', 'c', '--tool', 'x'], /no client c/],
  ])('%s', async (_, args, says) => {
    const before = await callers.store.access.listRules();
    const { code, out, err } = await run(args);
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(says)]);
    expect(await callers.store.access.listRules()).toEqual(before);
  });
});
