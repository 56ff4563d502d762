import { expect, it } from 'vitest';
import { createLoginThrottle } from '../../../src/auth/index.ts';
import { Fault } from '../../../src/base/index.ts';
import { createClock } from '../../auth/support/world.ts';
import { createRandom, expectMeasured } from './support/measure.ts';

/** One try: how many seconds after the one before, from where, at which account, and whether the password was right. */
type Sign = {
  readonly after: number;
  readonly from: string;
  readonly at: string;
  readonly isRight?: boolean;
  readonly browser?: string;
};
type Story = { readonly what: string; readonly tries: readonly Sign[] };

const random = createRandom(25);
const between = (from: number, to: number) => from + random() * (to - from);
const whole = (from: number, to: number) => Math.floor(between(from, to + 1));
const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const HOME = '198.51.100.7';
const OFFICE = '203.0.113.1';
const anywhere = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;

/** How often somebody mistypes before it is right: three of ten do it each time. */
function mistypes(): number {
  let count = 0;
  while (random() < 0.3) count++;
  return count;
}

const typing = (who: { from: string; at: string; browser?: string }, wrong = mistypes()): readonly Sign[] => [
  ...many(wrong, () => ({ ...who, after: between(4, 20) })),
  { ...who, after: between(4, 20), isRight: true },
];

const CLEAN: readonly Story[] = [
  ...many(250, i => ({ what: 'a person at home', tries: typing({ from: HOME, at: `p${i}` }) })),
  ...many(60, () => ({
    what: 'a browser that is known',
    tries: typing({ from: HOME, at: 'p', browser: 'b' }),
  })),
  ...many(60, () => ({
    what: 'a person who looks the password up in between',
    tries: [
      ...many(whole(2, 3), () => ({ after: between(3, 10), from: HOME, at: 'p' })),
      ...typing({ from: HOME, at: 'p' }, 1).map((one, i) =>
        i === 0 ? { ...one, after: between(90, 600) } : one,
      ),
    ],
  })),
  ...many(60, () => ({
    what: 'a password manager with an old password',
    tries: [...many(3, () => ({ after: 1, from: HOME, at: 'p' })), ...typing({ from: HOME, at: 'p' }, 0)],
  })),
  ...many(40, () => ({
    what: 'an office behind one address in the morning',
    tries: many(40, i => ({ from: OFFICE, at: `p${i}` })).flatMap(who => {
      const [first, ...rest] = typing(who, Math.min(2, mistypes()));
      return first ? [{ ...first, after: between(5, 90) }, ...rest] : [];
    }),
  })),
  ...many(30, () => ({
    what: 'a person with a telephone',
    tries: [...typing({ from: HOME, at: 'p' }, 1), ...typing({ from: '192.0.2.9', at: 'p' }, 2)],
  })),
  ...many(20, () => ({
    what: 'a program with an old password that asks every quarter of an hour',
    tries: many(96, () => ({ after: 900, from: HOME, at: 'p' })),
  })),
];

const HITS: readonly Story[] = [
  ...many(22, () => ({
    what: 'a list at one account',
    tries: many(whole(8, 60), () => ({ after: between(0, 4), from: HOME, at: 'p' })),
  })),
  ...many(22, () => ({
    what: 'one password at many accounts',
    tries: many(whole(60, 120), i => ({ after: between(0, 0.8), from: HOME, at: `p${i}` })),
  })),
  ...many(22, () => ({
    what: 'many addresses at one account',
    tries: many(whole(140, 300), i => ({ after: between(0, 1.5), from: anywhere(i), at: 'p' })),
  })),
  ...many(4, () => ({
    what: 'a list so slow that nothing tells it from a program with an old password',
    tries: many(96, () => ({ after: 900, from: HOME, at: 'p' })),
  })),
];

/** Whether anything of it is told as brute force: a try that is not let in, or a wrong one at a besieged account. */
function isTold({ tries }: Story): boolean {
  const clock = createClock();
  const throttle = createLoginThrottle(clock);
  return tries.some(({ after, from, at, browser, isRight }) => {
    clock.pass(after * 1000);
    const attempt = { account: at, address: from, browser };
    try {
      const isBesieged = throttle.enter(attempt);
      if (isRight) throttle.forgive(attempt);
      return isBesieged && !isRight;
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(Fault);
      return true;
    }
  });
}

it('brute force is found, and people who mistype are none', () =>
  expectMeasured({ hits: HITS, clean: CLEAN }, isTold));
