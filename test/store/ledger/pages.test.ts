import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/index.ts';
import { createPlace, dialects, type Place } from '../support/stores.ts';
import { entryAt } from './support/entries.ts';

const AT = Date.UTC(2026, 10, 20, 9, 0);

describe.each(dialects)('pages of requests on %s', dialect => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
    const rows = [
      { server: 'home', target: 'read', method: 'tools/call' },
      { server: 'home', target: 'write', method: 'tools/call' },
      { server: 'work', target: 'read', method: 'tools/call' },
      { server: 'home', target: 'read', method: 'prompts/get' },
    ];
    const activity = rows.map((row, n) => entryAt(AT + n, row));
    await store.writeLedger({ activity, events: [] });
  });
  afterEach(() => place.remove());

  async function calls(server: string, names: readonly string[]) {
    const { rows } = await store.ledger.activity({ limit: 10, tools: [{ server, names }] });
    return rows.map(row => [row.server, row.target, row.method]);
  }

  it('of tools, more of them than a statement has places for', async () => {
    const many = Array.from({ length: 70_000 }, (_, n) => `tool-${n}`);
    expect(await calls('home', [...many, 'read'])).toEqual([['home', 'read', 'tools/call']]);
    expect(await calls('home', many)).toEqual([]);
    expect(await calls('home', [])).toEqual([]);
  });

  it('of tools with names that no database keeps', async () => {
    expect(await calls('home', ['\0', '\ud800', `'); drop table activity; --`, 'write'])).toEqual([
      ['home', 'write', 'tools/call'],
    ]);
  });

  it('are counted, few or many', async () => {
    expect(await store.ledger.size()).toMatchObject({ rows: 4 });
    for (let n = 0; n < 60; n++) {
      const activity = Array.from({ length: 2_000 }, (_, i) => entryAt(AT + 1_000 + n * 2_000 + i, {}));
      await store.writeLedger({ activity, events: [] });
    }
    expect(await store.ledger.size()).toMatchObject({ rows: 120_004 });
    await store.ledger.prune('activity', 2_004, AT + 1_000_000);
    expect(await store.ledger.size()).toMatchObject({ rows: 118_000 });
  }, 60_000);
});
