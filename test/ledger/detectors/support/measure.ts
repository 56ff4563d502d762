import { expect } from 'vitest';

/** At least nine of ten of at least sixty hits are found, and at most one in two hundred of at least 500 clean ones is. */
export async function expectMeasured<T>(
  { hits, clean }: { readonly hits: readonly T[]; readonly clean: readonly T[] },
  isHit: (one: T) => boolean | Promise<boolean>,
): Promise<void> {
  expect(hits.length).toBeGreaterThanOrEqual(60);
  expect(clean.length).toBeGreaterThanOrEqual(500);
  const missed: T[] = [];
  for (const one of hits) if (!(await isHit(one))) missed.push(one);
  expect(missed.length / hits.length, `missed: ${JSON.stringify(missed).slice(0, 4000)}`).toBeLessThanOrEqual(
    0.1,
  );
  const wrong: T[] = [];
  for (const one of clean) if (await isHit(one)) wrong.push(one);
  expect(wrong.length / clean.length, `wrong: ${JSON.stringify(wrong).slice(0, 4000)}`).toBeLessThanOrEqual(
    0.005,
  );
}

/** Numbers from 0 to 1 that look random and are the same at each run (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
