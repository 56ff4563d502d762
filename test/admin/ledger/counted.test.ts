import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryAt } from '../../store/ledger/support/entries.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

let callers: Callers;
let found: Json & {
  readonly facets: Readonly<Record<string, readonly Json[]>>;
  readonly pairs: readonly Json[];
};
beforeAll(async () => {
  callers = await startCallers();
  const now = Date.now();
  const named = (clientName: string | undefined, client = 'laptop') => ({ client, clientName });
  const activity = [
    // What is refused again and again is one entry.
    entryAt(now - 1, { ...named(undefined), outcome: 'refused', fault: 'rate_limited', count: 7 }),
    entryAt(now - 2, named('Claude Code')),
    entryAt(now - 3, named('Codex')),
    entryAt(now - 4, named('Codex')),
    ...['A', 'B', 'C', 'D'].map((name, at) => entryAt(now - 10 - at, named(name, 'shared'))),
  ];
  await callers.store.writeLedger({ activity, events: [] });
  found = (await callers.ask('auditor', 'GET /admin/api/activity/summary?method=tools/call')).body as never;
});
afterAll(() => callers.close());

it('requests are counted one way: what is folded into one entry as so many as it stands for', () => {
  expect(found).toMatchObject({ entries: 8, requests: 14, is_all: true });
  const sum = (rows: readonly Json[] = []) => rows.reduce((all, { count }) => all + Number(count), 0);
  for (const facet of ['outcome', 'server', 'client', 'method']) expect(sum(found.facets[facet])).toBe(14);
});

it('programs that share a key are one client, by all of their names as far as they are few', () => {
  const titles = (rows: readonly Json[] = [], key: string) => rows.map(one => [one[key], one.title]);
  const expected = [
    ['laptop', 'Claude Code, Codex'],
    ['shared', 'A and 3 more'],
  ];
  expect(titles(found.facets.client, 'value')).toEqual(expected);
  expect(titles(found.pairs, 'client')).toEqual(expected);
});
