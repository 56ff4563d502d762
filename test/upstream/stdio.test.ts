import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SupervisorOptions } from '../../src/upstream/index.ts';
import { marked } from '../support/marked.ts';
import { callTool, command, HABITS, LEGACY, owner } from './support/commands.ts';
import { createUpstreamWorld, type UpstreamWorld } from './support/world.ts';

let world: UpstreamWorld;
const tag = `stdio-${process.pid}`;
const open = async (rules: Partial<SupervisorOptions> = {}): Promise<void> => {
  world = await createUpstreamWorld({ tag, ...rules });
};
beforeEach(() => open());
afterEach(async () => {
  await world.close();
  expect(marked(tag)).toEqual([]);
});

const alice = owner('alice');
const ready = (upstream: { status: unknown }) => expect(upstream.status).toMatchObject({ state: 'ready' });

describe('a command with bad habits', () => {
  it.each([
    ['garbage', { value: 'after garbage' }],
    ['twice', { value: 'first' }],
    ['unknown-id', { value: 'right' }],
    ['answer-and-exit', { value: 'last words' }],
    ['exit', { failed: 'broken' }],
    ['close-output', { failed: 'broken' }],
    ['endless', { failed: 'invalid' }],
  ])('%s: the call ends, and the next one works', async (tool, outcome) => {
    const upstream = world.add(command('habits'));
    expect(await callTool(upstream, alice, tool)).toEqual(outcome);
    // It may be ending: what it is asked meanwhile breaks off.
    if (tool === 'answer-and-exit') await expect.poll(() => upstream.leg.crashes).toBe(1);
    expect(await callTool(upstream, alice, 'echo', { a: [1] })).toEqual({ value: { a: [1] } });
    ready(upstream);
  });

  it('that sends 100 MB without a line break costs no such memory', async () => {
    const upstream = world.add(command('habits'));
    await upstream.session(alice);
    const before = process.memoryUsage().rss;
    await callTool(upstream, alice, 'endless');
    expect(process.memoryUsage().rss - before).toBeLessThan(90 * 1024 * 1024);
  });

  it('may answer up to 16 MB', async () => {
    const upstream = world.add(command('habits'));
    const { value } = await callTool(upstream, alice, 'large', { bytes: 15_000_000 });
    expect(String(value)).toHaveLength(15_000_000);
    expect(await callTool(upstream, alice, 'large', { bytes: 17_000_000 })).toEqual({ failed: 'invalid' });
  });

  it('that floods its error output is kept to the last 64 KB of it, and is not in error', async () => {
    const upstream = world.add(command('habits'));
    expect(await callTool(upstream, alice, 'stderr', { lines: 5000 })).toEqual({ value: 'written' });
    await expect.poll(() => upstream.leg.stderr).toContain('error 4999');
    expect(upstream.leg.stderr.length).toBeLessThanOrEqual(64 * 1024);
    ready(upstream);
  });

  it('answers what it was asked, however many ask at once', async () => {
    const upstream = world.add(command('habits'));
    await upstream.session(alice);
    const all = Array.from({ length: 50 }, (_, n) => callTool(upstream, alice, 'slow', { ms: 50 - n, n }));
    const values = await Promise.all(all);
    expect(values.map(({ value }) => (value as { n: number }).n)).toEqual(values.map((_, n) => n));
  });

  it('that does not exist is unreachable, and no process stays', async () => {
    const upstream = world.add(command('none', [], { command: '/no/such/program' }));
    expect(await upstream.probe()).toMatchObject({ kind: 'unknown', reply: { failure: 'unreachable' } });
    expect(upstream.status).toMatchObject({ state: 'down', reason: 'unreachable' });
    expect(world.supervisor.size).toBe(0);
  });
});

describe('the eras of a command', () => {
  it.each([
    ['answers that it does not know the request', [], undefined],
    ['ends at the request', ['--exit-at-probe'], undefined],
  ])('are the older one where it %s', async (_, flags) => {
    const upstream = world.add(command('habits', flags, { protocol: 'auto' }));
    const probed = await upstream.probe();
    expect(probed).toMatchObject({ kind: 'known', eras: { legacy: { serverInfo: { name: 'habits' } } } });
    expect(upstream.speaks('modern')).toBe(false);
    // The one that was asked first is of no use any more.
    await expect.poll(() => marked(tag)).toHaveLength(1);
  });

  it('are the newer one where it says so, on the one process that serves everybody', async () => {
    const upstream = world.add(command('modern', ['--modern'], { protocol: 'auto' }));
    await upstream.probe();
    expect([upstream.speaks('modern'), upstream.speaks('legacy')]).toEqual([true, false]);
    const ask = async () => {
      const params = { name: 'count', arguments: {} };
      const reply = await upstream.leg.ask('tools/call', params, { headers: {}, ms: 1000 });
      return reply.kind === 'result' ? reply.bytes.toString() : reply.kind;
    };
    expect(await ask()).toContain('calls\\":1');
    expect(await ask()).toContain('calls\\":2');
    await expect.poll(() => marked(tag)).toHaveLength(1);
  });

  it('are the older one where it is silent about what it does not know', async () => {
    const upstream = world.add(command('silent', ['--greets', '--silent-probe'], { protocol: 'auto' }));
    expect(await upstream.probe()).toMatchObject({ kind: 'known', eras: { modern: undefined } });
  });
});

describe('a process belongs', () => {
  const pid = async (upstream: Parameters<typeof callTool>[0], whose: typeof alice) =>
    ((await callTool(upstream, whose, 'count')).value as { pid: number }).pid;

  it('to one person, whatever client session is open; never to two', async () => {
    const upstream = world.add(command('habits'));
    const first = await pid(upstream, owner('alice', 'laptop'));
    expect(await pid(upstream, owner('alice', 'phone'))).toBe(first);
    expect(await pid(upstream, owner('bob', 'desk'))).not.toBe(first);
    expect(await pid(upstream, owner('alice', 'editor', { ...LEGACY, capabilities: 1 }))).not.toBe(first);
  });

  it('to one client session where it is stateful, and ends with it', async () => {
    const upstream = world.add(command('habits', [], { stateful: true }));
    const first = await pid(upstream, owner('alice', 'laptop'));
    expect(await pid(upstream, owner('alice', 'laptop'))).toBe(first);
    expect(await pid(upstream, owner('alice', 'phone'))).not.toBe(first);
    upstream.endClientSession('laptop');
    await expect.poll(() => marked(tag)).not.toContain(first);
    expect(marked(tag)).toHaveLength(1);
  });

  it('to everybody where it is stateless', async () => {
    const upstream = world.add(command('habits', [], { stateless: true }));
    const first = await pid(upstream, owner('alice', 'laptop'));
    expect(await pid(upstream, owner('bob', 'desk', { ...LEGACY, capabilities: 1 }))).toBe(first);
  });
});

describe('the number of processes', () => {
  it('has a limit, and a call that would go beyond it is told so', async () => {
    await world.close();
    await open({ maxProcesses: 2 });
    const upstream = world.add(command('habits'));
    for (const name of ['a', 'b']) await upstream.session(owner(name));
    await expect(upstream.session(owner('c'))).rejects.toMatchObject({ fault: 'limit_exceeded' });
    upstream.endPrincipal('a');
    await expect.poll(() => world.supervisor.size).toBe(1);
    expect(await callTool(upstream, owner('c'), 'echo')).toEqual({ value: {} });
  });

  it('that start at once has a limit too: the others wait, and all come', async () => {
    await world.close();
    await open({ maxStarting: 1 });
    const upstream = world.add(command('habits'));
    const people = Array.from({ length: 5 }, (_, n) => owner(`p${n}`));
    const opening = people.map(one => upstream.session(one));
    await expect.poll(() => marked(tag)).toHaveLength(1);
    await Promise.all(opening);
    expect(marked(tag)).toHaveLength(5);
  });
});

describe('a command', () => {
  it('T34 T35 gets its words as they are, and nothing of the gateway but five names of its environment, its own entry and its mark', async () => {
    process.env.GATEWAY_SECRET = 'never-to-be-seen';
    const words = ['; touch x', '$(id)', '`id`', '--', '-rf', "it's", '*'];
    const upstream = world.add(command('habits', words, { env: { OWN: 'value' } }));
    const { value } = await callTool(upstream, alice, 'who');
    const seen = value as { argv: string[]; env: Record<string, string>; fds: string[]; cwd: string };
    expect(seen.argv.slice(1)).toEqual([HABITS, ...words]);
    // Node hands its own measuring on to what it starts, whatever it is told.
    const names = Object.keys(seen.env).filter(name => name !== 'NODE_V8_COVERAGE');
    expect(names.sort()).toEqual(['AUTHMCP_CHILD', 'OWN', 'PATH']);
    expect(seen.cwd).toMatch(/authmcp-servers-\d+\/habits$/);
    // Pipes, and what its own runtime opened; no file and no socket of ours.
    expect(
      seen.fds.filter(one => !/ (pipe|socket|anon_inode):|\/proc\/\d+\/fd|\/dev\/null/.test(one)),
    ).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain('never-to-be-seen');
    delete process.env.GATEWAY_SECRET;
  });

  it('runs behind the wrapper of the settings, word by word', async () => {
    await world.close();
    await open({ wrapper: ['/usr/bin/env', '-u', 'OWN'] });
    const upstream = world.add(command('habits', ['a b'], { env: { OWN: 'value' } }));
    const { value } = await callTool(upstream, alice, 'who');
    const seen = value as { argv: string[]; env: Record<string, string> };
    expect(seen.argv.at(-1)).toBe('a b');
    expect(seen.env.OWN).toBeUndefined();
  });
});
