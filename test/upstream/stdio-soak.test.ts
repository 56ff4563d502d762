import { expect, it } from 'vitest';
import { soak } from './support/soak.ts';

// Ten minutes of it: node bench/soak-stdio.ts --minutes 10
it('a minute of starts, calls, crashes and reaps leaves no process, no descriptor and no memory', {
  timeout: 180_000,
}, async () => {
  const { calls, crashes, processes, orphans, before, after } = await soak(60_000);
  expect(orphans).toBe(0);
  expect(calls).toBeGreaterThan(20);
  expect(crashes).toBeGreaterThan(10);
  expect(processes).toBeGreaterThan(20);
  expect(after.fds).toBeLessThanOrEqual(before.fds + 2);
  expect(after.heapMb).toBeLessThan(before.heapMb + 10);
});
