import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { GatewayHere } from '../../../support/gateway-here.ts';
import type { RpcAnswer } from '../../../support/mcp.ts';
import type { ClientEra, FaultKind, Outcome, Phase } from '../kinds.ts';
import type { Faulty } from './faulty.ts';
import { meet, type Person } from './people.ts';

export type Scene = {
  readonly name: string;
  readonly phase: Phase;
  readonly fault: FaultKind;
  readonly era: ClientEra;
  readonly expected: Outcome;
};

type Stage = {
  readonly scene: Scene;
  readonly server: Faulty;
  readonly alice: Person;
  readonly bob: Person;
};

/** What another person may get of it: the own answer, or an error of their own. */
const TYPED = /^(answers|cut|\d{4} (ran|not run))$/;

type Strike = () => Promise<void>;

const TIMEOUT_MS = 2_000;
const WITHIN_MS = TIMEOUT_MS + 2_000;
const VICTIM = 'victim';

/** One row: the fault comes to one call of one person while another person calls too, and then all is well again. */
export async function perform(scene: Scene, server: Faulty, gateway: GatewayHere): Promise<void> {
  const { name, era, phase } = scene;
  const [alice, bob] = await Promise.all(
    ['alice', 'bob'].map(who => meet(gateway, { server: name, era, name: who })),
  );
  if (!alice || !bob) throw new Error('Nobody is there');
  const stage = { scene, server, alice, bob };
  for (const who of [alice, bob]) expect(judge(await who.call(who.mark), who.mark, scene)).toBe('answers');
  server.ran.length = 0;
  if (phase === 'listening') await whileListening(stage);
  else await whileCalling(stage);
}

/** What a client sees of an answer; only its own mark may stand in it. */
function judge({ message }: RpcAnswer, mark: string, { name }: Scene): string {
  const { error, result } = message;
  if (error) {
    const data = error.data as { readonly server?: string; readonly mayHaveRun?: boolean } | undefined;
    if (data?.server !== name) return `an error without its server: ${JSON.stringify(error)}`;
    return `${error.code} ${data.mayHaveRun ? 'ran' : 'not run'}`;
  }
  const text = result?.content?.[0]?.text;
  return String(text) === `<${mark}>`
    ? 'answers'
    : `something else: ${JSON.stringify(message).slice(0, 200)}`;
}

async function outcomeOf(answer: Promise<RpcAnswer>, mark: string, scene: Scene): Promise<string> {
  try {
    return judge(await answer, mark, scene);
  } catch (error) {
    return error instanceof TypeError && error.message === 'terminated' ? 'cut' : String(error);
  }
}

async function whileCalling(stage: Stage): Promise<void> {
  const { scene, server, alice, bob } = stage;
  const mark = `${VICTIM}-of-${alice.mark}`;
  if (scene.phase !== 'parked') server.arm({ ...scene, mark });
  const others = Promise.withResolvers<RpcAnswer>();
  const begin = (): void => others.resolve(bob.call(bob.mark));
  if (scene.phase !== 'parked') begin();
  const between = async (): Promise<void> => {
    begin();
    server.arm({ ...scene, mark });
    await server.strike();
  };
  const act = scene.expected === 'until cancelled' ? cancelled : struck;
  expect(await act(stage, mark, between)).toBe(scene.expected);
  expect(server.problems).toEqual([]);
  expect(await outcomeOf(others.promise, bob.mark, scene)).toMatch(TYPED);
  expect(JSON.stringify(await others.promise.catch(() => ''))).not.toContain(alice.mark);
  // At most once: the tool says nothing of whether it may run twice.
  expect(server.ran.filter(one => one === mark).length).toBeLessThanOrEqual(1);
  server.heal();
  // A pipe that ended three times in a row is let alone for a second.
  if (server.transport === 'sse' && scene.fault === 'status-404') await sleep(1_100);
  expect(judge(await alice.call(alice.mark), alice.mark, scene), 'the next call').toBe('answers');
}

async function struck({ scene, alice }: Stage, mark: string, strike: Strike): Promise<string> {
  let from = performance.now();
  const between = async (): Promise<void> => {
    await strike();
    from = performance.now();
  };
  const answer = scene.phase === 'parked' ? alice.ask(mark, between) : alice.call(mark);
  const outcome = await outcomeOf(answer, mark, scene);
  if (outcome !== 'cut' && scene.fault !== 'huge') expect(performance.now() - from).toBeLessThan(WITHIN_MS);
  return outcome;
}

/** It goes on beyond the timeout, and ends with a word of the client, of which the server hears. */
async function cancelled({ scene, server, alice }: Stage, mark: string, strike: Strike): Promise<string> {
  const signal = new AbortController();
  let progress = 0;
  const more = {
    signal: signal.signal,
    progressToken: mark,
    onMessage: ({ method }: { readonly method?: string }) => {
      if (method === 'notifications/progress') progress++;
    },
  };
  const from = performance.now();
  const answer = scene.phase === 'parked' ? alice.ask(mark, strike, more) : alice.call(mark, more);
  const ended = answer.then(
    ({ message }) => JSON.stringify(message),
    () => 'ended',
  );
  while (performance.now() - from < TIMEOUT_MS + 300) {
    const early = await Promise.race([ended, sleep(100)]);
    if (early !== undefined) return `ended early: ${early}`;
  }
  expect(progress).toBeGreaterThan(3);
  await alice.cancel(signal);
  await ended;
  const isHeard = () => server.cancelled.length > 0 || !server.inFlight.has(mark);
  await expect.poll(isHeard, { timeout: 2_000 }).toBe(true);
  return 'until cancelled';
}

const isPiped = ({ transport }: Faulty): boolean => transport === 'sse' || transport === 'stdio';

async function whileListening(stage: Stage): Promise<void> {
  const { scene, server, alice, bob } = stage;
  const heard = await alice.listen();
  await expect.poll(() => server.streams.size, { timeout: 3_000 }).toBeGreaterThan(0);
  const other = outcomeOf(bob.call(bob.mark), bob.mark, scene);
  server.arm({ ...scene, mark: '' });
  const pids = [...server.pids];
  await server.strike();
  // A call that meets a program in its last moment is one that may have run.
  if (scene.fault === 'killed') await expect.poll(() => pids.filter(pid => server.lives(pid))).toEqual([]);
  if (server.refusing !== undefined)
    await expect.poll(() => server.refused, { timeout: 5_000 }).toBeGreaterThan(0);
  expect(await other).toMatch(TYPED);
  server.heal();
  let next = judge(await alice.call(alice.mark), alice.mark, scene);
  // Everybody's pipe was struck, and one that ended three times in a row is let alone for a second.
  if (isPiped(server) && next === '1001 not run') {
    await sleep(1_100);
    next = judge(await alice.call(alice.mark), alice.mark, scene);
  }
  if (scene.expected === 'parks') expect(next).toMatch(/^(answers|1003 not run)$/);
  else expect(next, 'the next call').toBe('answers');
  const isTold = (): boolean => {
    server.announce();
    return heard.methods().includes('notifications/tools/list_changed');
  };
  // Three tries to listen again come 1, 2 and 4 seconds apart, each of which may meet the fault once more.
  if (scene.expected === 'hears') await expect.poll(isTold, { timeout: 12_000, interval: 200 }).toBe(true);
  expect(heard.methods()).not.toContain('notifications/progress');
  expect(JSON.stringify(heard.messages)).not.toContain('nobody');
  heard.close();
}
