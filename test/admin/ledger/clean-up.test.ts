import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryAt } from '../../store/ledger/support/entries.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const DAY = 86_400_000;

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({
    settings: { ledger: { archiveEnabled: true, daysToKeep: 3000, checkIntervalSeconds: 1 } },
  });
});
afterAll(() => callers.close());

const ages = async () => {
  const { rows } = await callers.store.ledger.activity({ limit: 100, method: 'tools/call' });
  return rows.map(({ at }) => Math.round((Date.now() - at) / DAY));
};
const write = (days: readonly number[]) =>
  callers.store.writeLedger({ activity: days.map(day => entryAt(Date.now() - day * DAY)), events: [] });

describe('a cleanup', () => {
  it('removes what is older than it says, archives it, and is in the log of changes that it leaves alone', async () => {
    await write([1, 8, 20, 40]);
    const changes = (await callers.store.listAudit(1000)).length;
    const { status, body } = await callers.ask('admin', 'POST /admin/api/cleanup-logs', { days_to_keep: 10 });
    expect([status, body.mcp_requests]).toEqual([200, 2]);
    expect(await ages()).toEqual([1, 8]);
    const archive = await readFile(join(callers.dataDir, 'archive.jsonl'), 'utf8');
    expect(archive.trimEnd().split('\n')).toHaveLength(Number(body.total));
    const [row] = await callers.store.listAudit(1000);
    expect(row).toMatchObject({ action: 'ledger.clean-up', actor: 'user:admin' });
    expect((await callers.store.listAudit(1000)).length).toBe(changes + 1);
    await write([50]);
    const old = await callers.ask('admin', 'POST /admin/api/logs/cleanup', {});
    expect([old.status, (old.body as Json).success]).toEqual([200, true]);
    expect(await ages()).toEqual([1, 8]);
  });

  it('happens by itself, by the settings of the moment', async () => {
    await write([100]);
    expect(await ages()).toContain(100);
    const changed = await callers.ask('admin', 'PATCH /admin/api/settings', { 'ledger.maxRows': 1 });
    expect(changed.status).toBe(200);
    await expect.poll(ages, { timeout: 10_000 }).toEqual([1]);
  });

  it.each([
    [{ days_to_keep: 0 }, 'days_to_keep'],
    [{ days_to_keep: 1.5 }, 'days_to_keep'],
    [{ days_to_keep: '30' }, 'days_to_keep'],
    [{ days: 30 }, 'days'],
    [[], 'body'],
  ])('refuses %j with its field', async (asked, field) => {
    const { status, body } = await callers.ask('admin', 'POST /admin/api/cleanup-logs', asked);
    expect([status, body.field]).toEqual([400, field]);
  });
});
