import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../fixtures/echo-2026.ts';
import { runToEnd } from '../support/processes.ts';
import { SPOILERS, startBadProxy } from './bad-proxies.ts';
import { type Cell, compareRow, type Finding, rowsOf, tell } from './cell.ts';
import type { Era } from './wire/client.ts';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));

let servers: { readonly '2025': Echo2025; readonly '2026': Echo2026 };

beforeAll(async () => {
  const [old, modern] = await Promise.all([
    startEcho2025({ mode: 'sse', acts: true, tasks: true }),
    startEcho2026({ mode: 'sse', tasks: true }),
  ]);
  servers = { '2025': old, '2026': modern };
});
afterAll(async () => {
  await Promise.all([servers['2025'].close(), servers['2026'].close()]);
});

const cellOf = (era: Era): Cell => ({
  ...{ client: era, server: era, mode: 'stream' },
  ...{ down: 'http', up: 'http' },
});

/** What the suite finds in a proxy, without any list of what may differ. */
async function findings(era: Era, name: string | undefined, only?: string): Promise<readonly Finding[]> {
  const { url } = servers[era];
  const journal = new URL('/journal', url).href;
  const proxy = await startBadProxy(url, name === undefined ? {} : (SPOILERS[name]?.() ?? {}));
  const sides = { direct: { url, journal }, through: { url: proxy.url, journal } };
  const found: Finding[] = [];
  try {
    for (const row of rowsOf(cellOf(era)))
      if (only === undefined || row.name === only)
        found.push(...(await compareRow(row, cellOf(era), sides, [])).findings);
  } finally {
    await proxy.close();
  }
  return found;
}

/** Where each of them is found out, at least. */
const NAMED: readonly (readonly [string, Era, string, Partial<Finding>])[] = [
  [
    'drops _meta',
    '2025',
    'a call with an id in escapes, _meta and unknown members',
    { pointer: '/server/0/params/_meta', kind: 'missing' },
  ],
  [
    're-serialises numbers',
    '2026',
    'a call with numbers and spellings that matter',
    { pointer: '/exchanges/0/answer/result/structuredContent/arguments/n', kind: 'changed' },
  ],
  ['reorders SSE frames', '2026', 'progress', { pointer: '/exchanges/0/order/0', kind: 'changed' }],
  ['loses progress', '2025', 'progress', { pointer: '/exchanges/0/said/0', kind: 'missing' }],
  [
    'answers with the id of another',
    '2025',
    'two calls at once',
    { pointer: '/exchanges/0/answer/id', kind: 'changed', direct: '"first"', through: '"second"' },
  ],
  [
    'lower-cases names',
    '2025',
    'a name in mixed case',
    { pointer: '/server/0/params/name', kind: 'changed' },
  ],
  [
    'drops unknown members',
    '2026',
    'an error of a tool',
    { pointer: '/exchanges/0/answer/result/x-unknown', kind: 'missing' },
  ],
  ['caches a result', '2025', 'the same call twice', { pointer: '/server/1', kind: 'missing' }],
  ['swallows list_changed', '2026', 'a change of tools', { pointer: '/heard/1', kind: 'missing' }],
  [
    'changes the status',
    '2026',
    'a method that nobody knows',
    { pointer: '/exchanges/0/http/status', kind: 'changed', direct: '404', through: '200' },
  ],
  ['merges two answers', '2025', 'two calls at once', { pointer: '/exchanges/1/answer', kind: 'changed' }],
  ['truncates', '2026', 'a large answer', { pointer: '/exchanges/0/answer', kind: 'changed' }],
];

describe('the suite', () => {
  it.for(['2025', '2026'] as const)(
    'finds nothing in a faithful proxy, %s',
    { timeout: 60_000 },
    async era => {
      expect((await findings(era, undefined)).map(tell)).toEqual([]);
    },
  );

  // What a proxy swallows is waited for, up to ten seconds each time.
  it.for(NAMED)('names a proxy that %s', { timeout: 90_000 }, async ([name, era, row, expected]) => {
    expect(await findings(era, name, row)).toContainEqual(expect.objectContaining(expected));
  });

  it('tells from the command line, with its exit code', { timeout: 60_000 }, async () => {
    const { url } = servers['2026'];
    const proxy = await startBadProxy(url, SPOILERS['re-serialises numbers']?.() ?? {});
    const run = (...more: string[]) =>
      runToEnd(process.execPath, [RUN, '--direct', url, '--era', '2026-2026', ...more], {
        env: {},
        timeoutMs: 50_000,
      });
    // The server keeps one journal of whatever reaches it: nobody else calls while it is compared.
    const good = await run('--gateway', url, '--journal', new URL('/journal', url).href);
    const [bad, none] = await Promise.all([
      run('--gateway', proxy.url, '--only', 'a call with numbers and spellings that matter'),
      run(),
    ]);
    await proxy.close();
    expect([good.stdout, good.code]).toEqual(['2026 → 2026: nothing differs that may not\n', 0]);
    expect(bad.stdout).toContain('/exchanges/0/answer/result/structuredContent/arguments/n changed');
    expect([bad.code, none.code]).toEqual([1, 2]);
  });

  it('has a place for each of them', () => {
    expect(NAMED.map(([name]) => name)).toEqual(Object.keys(SPOILERS));
    expect(NAMED).toHaveLength(12);
  });
});
