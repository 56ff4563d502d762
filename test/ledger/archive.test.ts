import { appendFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, Retention } from '../../src/ledger/index.ts';
import type { Store } from '../../src/store/index.ts';
import { type Callers, startCallers } from '../admin/api/support/callers.ts';
import { entryAt } from '../store/ledger/support/entries.ts';
import { createPlace, type Place } from '../store/support/stores.ts';

const DAY = 86_400_000;
const ASIDE = /^archive\.jsonl\.\d{4}-\d\d-\d\d\.\d{5}$/;

let place: Place;
let store: Store;
let path: string;
let nextAt = Date.now() - 200 * DAY;
beforeEach(async () => {
  place = await createPlace('sqlite');
  store = await place.open();
  path = join(place.dir, 'archived', 'archive.jsonl');
});
afterEach(() => place.remove());

/** So many entries that are over are archived at once; gives their ids. */
async function archive(
  rows: number,
  bounds: { fileBytes: number; maxBytes: number },
): Promise<readonly string[]> {
  const activity = Array.from({ length: rows }, () => entryAt(nextAt++));
  await store.writeLedger({ activity, events: [] });
  const keeping = { days: 30, auditDays: 365, maxRows: 1e9, maxMb: 1e6, archive: { path, ...bounds } };
  const retention = new Retention({
    ...{ store: store.ledger, clock: { now: () => Date.now() }, log: createLog('silent') },
    ...{ keeping: () => keeping, everyMs: 3_600_000 },
  });
  try {
    await retention.run();
  } finally {
    await retention.close();
  }
  return activity.map(({ id }) => id);
}

const files = async () => (await readdir(join(place.dir, 'archived'))).sort();
const read = (file: string) => readFile(join(place.dir, 'archived', file), 'utf8');
async function idsIn(names: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(names.map(read));
  const lines = texts.flatMap(text => text.trimEnd().split('\n'));
  return lines.map(line => (JSON.parse(line) as { row: { id: string } }).row.id);
}
/** In the order in which they were written. */
const written = async () => {
  const [now, ...aside] = await files();
  return [...aside, now ?? ''];
};

describe('the archive', () => {
  it('goes on in a new file where one is full, and holds each entry once, in order', async () => {
    const bounds = { fileBytes: 4_000, maxBytes: 1e9 };
    const ids = [];
    for (let n = 0; n < 6; n++) ids.push(...(await archive(4, bounds)));
    const found = await files();
    expect(found[0]).toBe('archive.jsonl');
    expect(found.length).toBeGreaterThan(2);
    for (const file of found.slice(1)) expect(file).toMatch(ASIDE);
    expect(await idsIn(await written())).toEqual(ids);
    for (const file of found) {
      const { size, mode } = await stat(join(place.dir, 'archived', file));
      expect([size <= 4_000, (mode & 0o777).toString(8)]).toEqual([true, '600']);
    }
  });

  it('goes on in a new file on another day, under the name of the one that is over', async () => {
    const bounds = { fileBytes: 1e9, maxBytes: 1e9 };
    const first = await archive(2, bounds);
    const before = new Date(Date.UTC(2026, 0, 2, 23, 59));
    await utimes(path, before, before);
    const second = await archive(2, bounds);
    expect(await files()).toEqual(['archive.jsonl', 'archive.jsonl.2026-01-02.00001']);
    expect(await idsIn(await written())).toEqual([...first, ...second]);
    await archive(1, bounds);
    expect(await files()).toHaveLength(2);
  });

  it('is as large as it may be: the oldest goes, and its name is not given again', async () => {
    const bounds = { fileBytes: 3_000, maxBytes: 9_000 };
    const ids = [];
    for (let n = 0; n < 20; n++) ids.push(...(await archive(4, bounds)));
    const found = await files();
    const sizes = await Promise.all(
      found.map(async file => (await stat(join(place.dir, 'archived', file))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(9_000);
    expect(found.length).toBeGreaterThan(1);
    const kept = await idsIn(await written());
    expect(kept).toEqual(ids.slice(-kept.length));
  });

  it('leaves alone whatever else lies there, and never the file that it writes', async () => {
    await archive(1, { fileBytes: 1e9, maxBytes: 1e9 });
    const others = [
      'archive.jsonl.bak',
      'archive.jsonl.2020-01-01.gz',
      'archive.jsonl.2020-01-01',
      'other.jsonl',
    ];
    for (const name of others) await writeFile(join(place.dir, 'archived', name), 'x'.repeat(10_000));
    const last = await archive(5, { fileBytes: 1, maxBytes: 1 });
    expect(await files()).toEqual(['archive.jsonl', ...others].sort());
    expect(await idsIn(['archive.jsonl'])).toEqual(last);
  });

  it('that ends in the middle of a line goes on with a line of its own', async () => {
    const bounds = { fileBytes: 1e9, maxBytes: 1e9 };
    await archive(1, bounds);
    await appendFile(path, '{"table":"activity","row":{"id":"cut');
    const last = await archive(2, bounds);
    expect(await files()).toEqual(['archive.jsonl']);
    const lines = (await read('archive.jsonl')).trimEnd().split('\n');
    expect(lines.slice(-2).map(line => JSON.parse(line).row.id)).toEqual(last);
  });

  it('that cannot be written keeps what would go', async () => {
    path = place.dir;
    await expect(archive(3, { fileBytes: 1, maxBytes: 1 })).rejects.toThrow();
    expect((await store.ledger.activity({ limit: 9 })).rows).toHaveLength(3);
  });
});

it.each([{ bound: 6 }, { bound: undefined }])(
  'has the bounds of the settings: $bound megabytes',
  async ({ bound }) => {
    const ledger = {
      archiveEnabled: true,
      archiveFileMb: 1,
      ...(bound !== undefined && { archiveMaxMb: bound }),
    };
    const callers: Callers = await startCallers({ settings: { ledger } });
    try {
      const rows = Array.from({ length: 20_000 }, () => entryAt(nextAt++));
      for (let n = 0; n < rows.length; n += 2_000)
        await callers.store.writeLedger({ activity: rows.slice(n, n + 2_000), events: [] });
      const { body } = await callers.ask('admin', 'POST /admin/api/cleanup-logs', { days_to_keep: 30 });
      expect(body.mcp_requests).toBe(20_000);
      const found = (await readdir(callers.dataDir)).filter(file => file.startsWith('archive.jsonl'));
      const sizes = await Promise.all(
        found.map(async file => (await stat(join(callers.dataDir, file))).size),
      );
      expect(found.length).toBeGreaterThan(1);
      const all = sizes.reduce((sum, size) => sum + size);
      if (bound === undefined) expect(all).toBeGreaterThan(6 * 1024 * 1024);
      else expect(all).toBeLessThanOrEqual(bound * 1024 * 1024);
      const bad = await callers.ask('admin', 'PATCH /admin/api/settings', { 'ledger.archiveMaxMb': -1 });
      expect(bad.status).toBe(400);
    } finally {
      await callers.close();
    }
  },
  60_000,
);
