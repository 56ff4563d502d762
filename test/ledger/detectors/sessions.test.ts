import { afterAll, beforeAll, it } from 'vitest';
import { createRefreshFamilies } from '../../../src/auth/index.ts';
import { deriveKey, Fault, Seal, Secret, type UserId } from '../../../src/base/index.ts';
import type { SecurityEvent } from '../../../src/ledger/index.ts';
import type { Caller } from '../../../src/policy/index.ts';
import { ClientSessions } from '../../../src/proxy/index.ts';
import { createClock, createWorld, type World } from '../../auth/support/world.ts';
import { createRandom, expectMeasured } from './support/measure.ts';

const HOUR_MS = 3_600_000;
const random = createRandom(46);
const whole = (from: number, to: number) => Math.floor(from + random() * (to - from + 1));
const pick = <T>(...all: readonly T[]): T => all[whole(0, all.length - 1)] as T;
const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const master = new Secret('a master secret of the tests');

/** `use`: which of the tokens so far is shown, counted from the newest. */
type Step = { readonly afterMs: number; readonly use: number; readonly times?: number };

const refreshing = (): Step => ({ afterMs: whole(1, 48) * HOUR_MS, use: 0 });
/** The answer was lost: the client shows the same token again, at once or beside itself. */
const retrying = (): readonly Step[] => [
  { ...refreshing(), times: whole(1, 3) },
  ...many(whole(1, 3), () => ({ afterMs: whole(100, 3000), use: 1 })),
];
const steps = (make: () => Step | readonly Step[], count: number) => many(count, make).flat();

const REFRESHES = {
  clean: [
    ...many(200, () => steps(refreshing, whole(1, 4))),
    ...many(200, () => steps(retrying, whole(1, 2))),
    ...many(60, () => steps(() => ({ ...refreshing(), times: whole(2, 5) }), 2)),
    // Months later it has expired, and is no longer anybody's.
    ...many(40, () => [...steps(refreshing, 1), { afterMs: 200 * 24 * HOUR_MS, use: whole(0, 1) }]),
  ],
  hits: [
    ...many(25, () => [...steps(refreshing, whole(1, 3)), { afterMs: whole(11, 3600) * 1000, use: 1 }]),
    ...many(20, () => [...steps(refreshing, 4), { afterMs: whole(1, 72) * HOUR_MS, use: whole(1, 4) }]),
    ...many(20, () => [...steps(retrying, 2), { afterMs: whole(11, 600) * 1000, use: 1 }]),
  ],
};

let world: World;
let person: UserId;
beforeAll(async () => {
  world = await createWorld();
  person = (await world.addUser('alice')).id;
});
afterAll(() => world.close());

async function isReuse(story: readonly Step[]): Promise<boolean> {
  const told: SecurityEvent[] = [];
  const { store, live, clock } = world;
  const ledger = { event: (event: SecurityEvent) => void told.push(event) };
  const families = createRefreshFamilies({ store, live, clock, master, ledger });
  const tokens = [(await families.begin(person)).token];
  for (const { afterMs, use, times = 1 } of story) {
    clock.pass(afterMs);
    const shown = tokens.at(-1 - use) ?? new Secret('amr_none');
    const all = await Promise.all(many(times, () => families.next(shown)));
    const [next] = all.flatMap(one => (one.ok ? [one.token] : []));
    if (next && next.reveal() !== tokens.at(-1)?.reveal()) tokens.push(next);
  }
  return told.some(({ type }) => type === 'token_reuse');
}

it(
  'a refresh token that is used twice is found, and a client that asks again is none',
  () => expectMeasured(REFRESHES, isReuse),
  60_000,
);

/** What is done with a session id that alice was given at `/mcp`, by whom and where. */
type Showing = {
  readonly by: 'alice' | 'bob' | 'anonymous';
  readonly afterMs: number;
  readonly at: string;
  readonly id: 'own' | 'changed' | 'made up' | 'none';
  readonly isEnded?: boolean;
  readonly isRestarted?: boolean;
};

const own = (more: Partial<Showing> = {}): Showing => ({
  ...{ by: 'alice', at: '*', id: 'own', afterMs: whole(0, 20) * HOUR_MS, isRestarted: random() < 0.2 },
  ...more,
});

const SHOWINGS = {
  clean: [
    ...many(300, () => own()),
    ...many(60, () => own({ afterMs: whole(24, 240) * HOUR_MS })),
    ...many(60, () => own({ isEnded: true })),
    ...many(60, () => own({ at: pick('home', 'work') })),
    ...many(60, () => own({ by: pick('alice', 'bob'), id: pick('changed', 'made up', 'none') })),
  ],
  hits: many(64, i =>
    own({
      by: pick('bob', 'anonymous'),
      at: pick('*', '*', 'home'),
      isEnded: i % 8 === 0,
      afterMs: whole(0, i % 4 === 0 ? 240 : 20) * HOUR_MS,
    }),
  ),
};

const SPELT: Readonly<Record<Showing['id'], (token: string) => string>> = {
  own: token => token,
  changed: token => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
  'made up': () => '0b7e9f5c-6a43-4a2e-9d0e-0f1a2b3c4d5e',
  none: () => '',
};

const clock = createClock();
let told: readonly string[] = [];
const start = () =>
  new ClientSessions({
    ...{ seal: new Seal(deriveKey(master, 'session'), 's1'), clock, lifeMs: 24 * HOUR_MS },
    onRefused: ({ why }) => {
      told = [...told, why];
    },
  });
const [first, restarted] = [start(), start()];
const callerOf = (principal: string) => ({ principal }) as Caller;

function isHijack({ by, afterMs, at, id, isEnded, isRestarted }: Showing): boolean {
  told = [];
  const profile = { era: 'legacy', revision: '2025-11-25', capabilities: 0 } as const;
  const session = first.begin(callerOf('alice'), '*', profile, {});
  if (isEnded) first.end(session);
  clock.pass(afterMs);
  try {
    (isRestarted ? restarted : first).find(SPELT[id](session.token), callerOf(by), at, '192.0.2.1');
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
  }
  return told.includes('other_principal');
}

it('a session of another person is found, and one’s own is none however it ended', () =>
  expectMeasured(SHOWINGS, isHijack));
