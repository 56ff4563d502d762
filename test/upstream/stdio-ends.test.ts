import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SupervisorOptions } from '../../src/upstream/index.ts';
import { marked } from '../support/marked.ts';
import { callTool, command, owner } from './support/commands.ts';
import { createUpstreamWorld, type UpstreamWorld } from './support/world.ts';

let world: UpstreamWorld;
const tag = `ends-${process.pid}`;
const open = async (rules: Partial<SupervisorOptions> = {}): Promise<void> => {
  world = await createUpstreamWorld({ tag, ...rules });
};
beforeEach(() => open());
afterEach(async () => {
  await world.close();
  expect(marked(tag)).toEqual([]);
});

const alice = owner('alice');
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
const file = () => join(mkdtempSync(join(tmpdir(), 'authmcp-stdio-')), 'file');

describe('when a session ends', () => {
  it.each([
    ['a command that listens to its input', []],
    ['one that ignores the end of its input', ['--never-ends']],
    ['one that ignores SIGTERM too', ['--never-ends', '--ignore-term']],
    ['one with children in its group and outside of it, which ignore signals', ['--family', '--never-ends']],
  ])('%s ends with all that it started', async (_, flags) => {
    const upstream = world.add(command('habits', flags));
    await upstream.session(alice);
    await expect.poll(() => marked(tag).length).toBe(flags.includes('--family') ? 3 : 1);
    upstream.endPrincipal('alice');
    await expect.poll(() => marked(tag), { timeout: 8_000 }).toEqual([]);
    await expect.poll(() => world.supervisor.size).toBe(0);
  });

  it('a command that is stopped (SIGSTOP) is killed', async () => {
    const upstream = world.add(command('habits'));
    await upstream.session(alice);
    for (const pid of marked(tag)) process.kill(pid, 'SIGSTOP');
    upstream.endPrincipal('alice');
    await expect.poll(() => marked(tag), { timeout: 8_000 }).toEqual([]);
  });
});

describe('when a command ends by itself', () => {
  it.each([
    ['in its group', { detached: false }],
    ['outside of its group (setsid)', { detached: true }],
    ['in its group with a cleared environment', { detached: false, clear: true }],
  ])('what it left %s ends with it, also where it holds the output open', async (_, how) => {
    const upstream = world.add(command('habits'));
    const { value } = await callTool(upstream, alice, 'fork', how);
    const { pid } = value as { pid: number };
    expect(lives(pid)).toBe(true);
    expect(await callTool(upstream, alice, 'exit')).toEqual({ failed: 'broken' });
    await expect.poll(() => lives(pid), { timeout: 3_000 }).toBe(false);
  });

  it('again and again, it is started again after a pause that grows, and says why', async () => {
    const upstream = world.add(command('habits'));
    const crash = () => callTool(upstream, alice, 'exit');
    for (let n = 0; n < 3; n++) expect(await crash()).toEqual({ failed: 'broken' });
    const pauses: number[] = [];
    for (let n = 0; n < 4; n++) {
      let ms = 0;
      for (; ms < 60_000; ms += 500, world.clock.pass(500))
        if ((await crash().catch(() => 'refused')) !== 'refused') break;
      pauses.push(ms);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000]);
    expect(upstream.status).toMatchObject({ state: 'down', reason: 'crashed', since: expect.any(Number) });
  });

  it('at each start, it is down with its last words', async () => {
    const journal = file();
    const upstream = world.add(command('broken', ['--exit-at-start', '--journal', journal]));
    expect(await upstream.probe()).toMatchObject({ kind: 'unknown', reply: { failure: 'broken' } });
    expect(upstream.status).toMatchObject({ state: 'down', reason: 'crashed' });
    expect(upstream.leg.stderr).toBe('cannot find my heart\n');
    // Nobody starts it again without being asked.
    expect(readFileSync(journal, 'utf8').split('\n').filter(Boolean)).toHaveLength(1);
  });

  it('a pause for one person’s crashes ends no process of another one', async () => {
    const upstream = world.add(command('habits'));
    const bob = owner('bob');
    const { value } = await callTool(upstream, bob, 'count');
    for (let n = 0; n < 4; n++) await callTool(upstream, alice, 'exit').catch(() => {});
    expect(await callTool(upstream, bob, 'count')).toMatchObject({
      value: { ...(value as object), calls: 2 },
    });
  });
});

describe('a command without a call', () => {
  it('ends after a while, and the next call starts it again', async () => {
    await world.close();
    await open({ idleMs: 200 });
    const upstream = world.add(command('habits'));
    const first = (await callTool(upstream, alice, 'count')).value as { pid: number };
    await expect.poll(() => marked(tag)).toEqual([]);
    const second = (await callTool(upstream, alice, 'count')).value as { pid: number };
    expect(second.pid).not.toBe(first.pid);
    expect(upstream.leg.crashes).toBe(0);
  });

  it('does not end during a call, however long that takes', async () => {
    await world.close();
    await open({ idleMs: 100 });
    const upstream = world.add(command('habits'));
    expect(await callTool(upstream, alice, 'slow', { ms: 600 })).toEqual({ value: { ms: 600 } });
  });
});

describe('a command that runs again', () => {
  it('may offer something else: whoever reads its lists is told', async () => {
    const restarts: string[] = [];
    world.upstreams.onRestart(({ entry }) => restarts.push(entry.name));
    const upstream = world.add(command('habits'));
    await upstream.probe();
    await callTool(upstream, alice, 'echo');
    expect(restarts).toEqual([]);
    await callTool(upstream, alice, 'exit');
    await callTool(upstream, alice, 'echo');
    expect(restarts).toEqual(['habits']);
    // The same after a while without a crash, as a package may be another one by then.
    upstream.endPrincipal('alice');
    await callTool(upstream, alice, 'echo');
    expect(restarts).toEqual(['habits']);
    world.clock.pass(5 * 60_000);
    await callTool(upstream, alice, 'echo');
    expect(restarts).toEqual(['habits']);
    upstream.endPrincipal('alice');
    await callTool(upstream, alice, 'echo');
    expect(restarts).toEqual(['habits', 'habits']);
  });
});

describe('a supervisor', () => {
  it('ends what a former run left behind, and nothing else', async () => {
    const upstream = world.add(command('habits', ['--never-ends']));
    await upstream.session(alice);
    const own = marked(tag);
    const next = await createUpstreamWorld({ tag });
    expect(await next.supervisor.endLeftovers()).toBe(1);
    await expect.poll(() => own.filter(pid => marked(tag).includes(pid))).toEqual([]);
    await next.close();
  });

  it('waits at its end until the last process is gone', async () => {
    const started = file();
    writeFileSync(started, '');
    const upstream = world.add(command('habits', ['--family', '--never-ends', '--ignore-term']));
    await Promise.all(['a', 'b', 'c'].map(name => upstream.session(owner(name))));
    await world.supervisor.close();
    expect(marked(tag)).toEqual([]);
    await expect(upstream.session(owner('late'))).rejects.toMatchObject({ fault: 'upstream_unreachable' });
  });
});
