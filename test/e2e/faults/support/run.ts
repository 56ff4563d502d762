import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../../../support/gateway-here.ts';
import { marked } from '../../../support/marked.ts';
import { type ClientEra, FAULTS, type Outcome, PHASES, type Table, type Transport } from '../kinds.ts';
import { Faulty } from './faulty.ts';
import { perform, type Scene } from './perform.ts';

/** Most of a row is waiting; a program takes long to start. */
const AT_ONCE = { 'http-2025': 24, 'http-2026': 24, sse: 24, stdio: 12 };

function scenesOf(table: Table): readonly Scene[] {
  return PHASES.flatMap(phase =>
    FAULTS.flatMap(fault => {
      const cell = table[phase][fault];
      if (typeof cell === 'string' && cell.startsWith('n/a')) return [];
      return (['legacy', 'modern'] as const).map((era: ClientEra) => ({
        name: `${phase}-${fault}-${era}`,
        phase,
        fault,
        era,
        expected: (typeof cell === 'string' ? cell : cell[era]) as Outcome,
      }));
    }),
  );
}

/** Every row of a transport, several at once, each with a server of its own behind one gateway. */
export function runTable(transport: Transport, table: Table): void {
  const scenes = scenesOf(table);
  const servers = new Map<string, Faulty>();
  const ended = new Map<string, Promise<void>>();
  let gateway: GatewayHere;
  let before: Readonly<Record<string, number>>;
  const tags = new Set<string>();

  beforeAll(async () => {
    before = resources();
    for (const { name, fault } of scenes)
      servers.set(name, await new Faulty(transport, fault === 'huge' ? 10 : 2).start());
    gateway = await startGatewayHere({
      servers: Object.fromEntries([...servers].map(([name, one]) => [name, one.draft])),
      settings: { stdio: { maxProcesses: 500 } },
      env: { PATH: process.env.PATH ?? '' },
    });
    const waiting = [...scenes];
    const work = async (): Promise<void> => {
      for (let scene = waiting.shift(); scene; scene = waiting.shift()) {
        const server = servers.get(scene.name);
        const done = server ? perform(scene, server, gateway) : Promise.resolve();
        resolvers.get(scene.name)?.(done);
        await done.catch(() => {});
        for (const pid of server?.pids ?? []) noteTag(pid, tags);
      }
    };
    const resolvers = new Map<string, (done: Promise<void>) => void>();
    for (const { name } of scenes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      promise.catch(() => {});
      ended.set(name, promise);
      resolvers.set(name, resolve);
    }
    for (let n = 0; n < AT_ONCE[transport]; n++) void work();
  });

  describe(`T51: a server over ${transport}`, () => {
    it.for(scenes)(
      '$phase, $fault, before a $era client: $expected',
      { timeout: 90_000 },
      async ({ name }) => {
        await ended.get(name);
      },
    );
  });

  afterAll(async () => {
    await Promise.allSettled(ended.values());
    const from = performance.now();
    await gateway.close();
    expect(performance.now() - from).toBeLessThan(3_000);
    const open = () => [...servers.values()].reduce((sum, { sockets }) => sum + sockets.size, 0);
    await until(() => open() === 0);
    expect(open()).toBe(0);
    for (const one of servers.values()) await one.close();
    for (const tag of tags) expect(marked(tag)).toEqual([]);
    const grown = () =>
      Object.entries(resources()).filter(([kind, count]) => count > (before[kind] ?? 0) + 2);
    await until(() => grown().length === 0);
    expect(grown()).toEqual([]);
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let ms = 0; ms < 3_000 && !isSo(); ms += 20) await sleep(20);
}

/** What keeps this process awake, by kind. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function noteTag(pid: number, tags: Set<string>): void {
  try {
    const environ = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    const mark = environ.find(one => one.startsWith('AUTHMCP_CHILD='))?.slice('AUTHMCP_CHILD='.length);
    if (mark !== undefined) tags.add(mark);
  } catch {
    // It is gone already.
  }
}
