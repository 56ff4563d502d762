import { expect, it } from 'vitest';
import { createBuckets } from '../../src/shared/index.ts';
import { createClock } from '../auth/support/world.ts';

function setUp(maxEntries?: number) {
  const clock = createClock();
  const more = maxEntries === undefined ? {} : { maxEntries };
  return { clock, buckets: createBuckets({ capacity: 3, refillPerSecond: 2, clock, ...more }) };
}

it('gives the capacity at once and then says how long to wait', () => {
  const { buckets } = setUp();
  expect([1, 2, 3].map(() => buckets.take('a').ok)).toEqual([true, true, true]);
  expect(buckets.take('a')).toEqual({ ok: false, retryAfterMs: 500 });
  expect(buckets.take('a', 2)).toEqual({ ok: false, retryAfterMs: 1000 });
  expect(buckets.take('b').ok).toBe(true);
});

it('fills with time, up to the capacity', () => {
  const { buckets, clock } = setUp();
  buckets.take('a', 3);
  clock.pass(499);
  expect(buckets.take('a').ok).toBe(false);
  clock.pass(1);
  expect(buckets.take('a').ok).toBe(true);
  clock.pass(3_600_000);
  expect(buckets.take('a', 4).ok).toBe(false);
  expect(buckets.take('a', 3).ok).toBe(true);
});

it('takes nothing when it refuses', () => {
  const { buckets } = setUp();
  expect(buckets.take('a', 4).ok).toBe(false);
  expect(buckets.take('a', 3).ok).toBe(true);
});

it('takes back, never above the capacity', () => {
  const { buckets } = setUp();
  buckets.take('a', 3);
  buckets.give('a');
  expect(buckets.take('a').ok).toBe(true);
  buckets.give('a', 99);
  expect(buckets.take('a', 4).ok).toBe(false);
});

it('is not moved by a clock that was set back', () => {
  const { buckets, clock } = setUp();
  buckets.take('a', 3);
  clock.pass(-60_000);
  expect(buckets.take('a').ok).toBe(false);
});

it('forgets the oldest key beyond its size, and knows __proto__ as a key', () => {
  const { buckets } = setUp(2);
  buckets.take('__proto__', 3);
  buckets.take('b', 3);
  expect(buckets.take('__proto__').ok).toBe(false);
  buckets.take('c', 3);
  expect(buckets.take('b').ok).toBe(false);
  expect(buckets.take('__proto__', 3).ok).toBe(true);
});
