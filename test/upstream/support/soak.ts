import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Upstream } from '../../../src/upstream/index.ts';
import { marked } from '../../support/marked.ts';
import { callTool, command, owner } from './commands.ts';
import { createUpstreamWorld, type UpstreamWorld } from './world.ts';

type Reading = { readonly heapMb: number; readonly rssMb: number; readonly fds: number };

export type Soaked = {
  readonly calls: number;
  readonly crashes: number;
  readonly processes: number;
  /** Processes that bear our mark at the end, as the system counts them. */
  readonly orphans: number;
  /** With nothing running: after the first tenth of the time, and at the end. */
  readonly before: Reading;
  readonly after: Reading;
  /** Resident memory at ten moments of the run, in MB. */
  readonly rssMb: readonly number[];
};

type Work = {
  readonly world: UpstreamWorld;
  readonly upstream: Upstream;
  readonly until: number;
  readonly seen: Set<number>;
  calls: number;
};

const IDLE_MS = 150;
const TAG = `soak-${process.pid}`;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function read(): Reading {
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const mb = (bytes: number) => Math.round(bytes / 1024 / 102.4) / 10;
  return {
    heapMb: mb(heapUsed + external + arrayBuffers),
    rssMb: mb(rss),
    fds: readdirSync('/proc/self/fd').length,
  };
}

/** Buffers of what just ended are given back over several collections. */
async function settled(): Promise<Reading> {
  for (let round = 0; round < 5; round++) {
    collect();
    await sleep(50);
  }
  return read();
}

/** What a person does, with its weight: calls, and all ways in which a program may end. */
const ACTS: readonly (readonly [weight: number, tool: string, args?: object])[] = [
  [40, 'echo', { marker: true }],
  [8, 'fork', { detached: false }],
  [8, 'fork', { detached: true }],
  [8, 'exit'],
  [4, 'answer-and-exit'],
  [4, 'close-output'],
  [2, 'endless'],
  [4, 'garbage'],
  [12, 'reap'],
  [10, 'leave'],
];

function pick(): (typeof ACTS)[number] {
  let left = Math.random() * 100;
  for (const act of ACTS) {
    left -= act[0];
    if (left < 0) return act;
  }
  return [0, 'echo'];
}

async function person(name: string, work: Work): Promise<void> {
  const whose = owner(name);
  const { world, upstream } = work;
  while (performance.now() < work.until) {
    const [, tool, args] = pick();
    if (tool === 'reap') await sleep(IDLE_MS * 2);
    else if (tool === 'leave') upstream.endPrincipal(name);
    else {
      // What ends too often is left alone for a while, by this clock.
      world.clock.pass(60_000);
      const { value } = await callTool(upstream, whose, tool, { ...args }).catch(() => ({
        value: undefined,
      }));
      if (tool === 'echo' && value !== undefined) work.calls++;
    }
    for (const pid of marked(TAG)) work.seen.add(pid);
  }
  upstream.endPrincipal(name);
}

async function run(world: UpstreamWorld, ms: number, people: number): Promise<Work> {
  const [upstream] = world.apply(command('habits', []));
  if (!upstream) throw new Error('The server was not taken over');
  const work: Work = { world, upstream, until: performance.now() + ms, seen: new Set(), calls: 0 };
  await Promise.all(Array.from({ length: people }, (_, n) => person(`p${n}`, work)));
  world.apply();
  while (world.supervisor.size > 0) await sleep(50);
  return work;
}

/** People start, call, crash and leave programs for so long; everything is gone afterwards, or the reading shows it. */
export async function soak(ms: number, people = 6): Promise<Soaked> {
  const world = await createUpstreamWorld({ tag: TAG, idleMs: IDLE_MS });
  await run(world, ms / 10, people);
  const before = await settled();
  const rssMb: number[] = [];
  const sampling = setInterval(() => rssMb.push(read().rssMb), ms * 0.09);
  const work = await run(world, ms * 0.9, people);
  clearInterval(sampling);
  const after = await settled();
  const orphans = marked(TAG).length;
  await world.close();
  return {
    calls: work.calls,
    crashes: work.upstream.leg.crashes,
    processes: work.seen.size,
    orphans,
    before,
    after,
    rssMb,
  };
}
