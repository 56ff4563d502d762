import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/child-coverage.ts'],
    pool: 'forks',
    // Most of the time is waited for servers and timers.
    maxWorkers: 2,
    expect: { poll: { timeout: 5_000 } },
    // No promise of any test: only what ends one that hangs, on a machine that does other things as well.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['json'],
      reportOnFailure: true,
      reportsDirectory: 'coverage',
    },
  },
});
