import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/index.ts';
import type { SignInRow, Store } from '../../src/store/index.ts';
import { entryAt } from './ledger/support/entries.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const AT = Date.UTC(2026, 10, 5, 12);
const login: SignInRow = {
  ...{ id: uuidv7(AT), at: AT, type: 'login', ok: 0, principal: 'u1', userName: 'alice', client: undefined },
  ...{ address: '::1', userAgent: undefined, detail: 'wrong password', count: 2 },
};

describe.each(dialects)('a log file on %s', dialect => {
  let place: Place;
  let dir: string;
  let problems: string[];
  beforeEach(async () => {
    place = await createPlace(dialect);
    dir = join(place.dir, 'logs');
    problems = [];
  });
  afterEach(() => place.remove());

  const open = () => place.openLogged({ dir, onProblem: says => void problems.push(says) });
  const lines = async (name: string) =>
    (await readFile(join(dir, name), 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  const writeOne = (store: Store, target = 'read') =>
    store.writeLedger({ activity: [entryAt(Date.now(), { target })], events: [], signIns: [login] });

  it('has what happened, a line of JSON each, whatever names hold, once [T52]', async () => {
    const store = await open();
    const odd = entryAt(AT, { target: 'a\nb\u001b[2J"', outcome: 'error', code: -32602 });
    await store.writeLedger({ activity: [odd, entryAt(AT + 1)], events: [], signIns: [login] });
    await store.writeLedger({ activity: [odd], events: [], signIns: [login] });
    expect(await lines('mcp_requests.log')).toEqual([
      expect.objectContaining({
        timestamp: '2026-11-05T12:00:00.000Z',
        success: false,
        username: 'alice',
        server_name: 'home',
        tool_name: 'a\nb\u001b[2J"',
        code: -32602,
        response_time_ms: 3,
        ip_address: '127.0.0.1',
      }),
      expect.objectContaining({ success: true, request_id: expect.any(String) }),
    ]);
    expect(await lines('auth.log')).toMatchObject([
      { event_type: 'login', success: false, username: 'alice', details: 'wrong password' },
    ]);
    expect((await stat(join(dir, 'auth.log'))).mode & 0o777).toBe(0o600);
  });

  it('is put aside when its day is over, and thirty are kept', async () => {
    await mkdir(dir, { recursive: true });
    const old = new Date(Date.now() - 3 * 86_400_000);
    await writeFile(join(dir, 'auth.log'), '{"of":"then"}\n');
    await utimes(join(dir, 'auth.log'), old, old);
    for (let n = 10; n < 45; n++) await writeFile(join(dir, `auth.log.2025-01-${n}`), '');
    const store = await open();
    await writeOne(store);
    const day = old.toISOString().slice(0, 10);
    expect(await lines(`auth.log.${day}`)).toEqual([{ of: 'then' }]);
    expect(await lines('auth.log')).toHaveLength(1);
    const aside = (await readdir(dir)).filter(name => name.startsWith('auth.log.'));
    expect(aside).toHaveLength(30);
    expect(aside).not.toContain('auth.log.2025-01-15');
    expect(aside).toContain('auth.log.2025-01-44');
  });

  it('is put aside when it is large as well, under a name of its own', async () => {
    await mkdir(dir, { recursive: true });
    const today = new Date().toISOString().slice(0, 10);
    await writeFile(join(dir, 'mcp_requests.log'), '{}\n');
    await truncate(join(dir, 'mcp_requests.log'), 101 * 1024 * 1024);
    await writeFile(join(dir, `mcp_requests.log.${today}`), '{}\n');
    await writeOne(await open());
    expect(await lines('mcp_requests.log')).toHaveLength(1);
    expect((await stat(join(dir, `mcp_requests.log.${today}.001`))).size).toBe(101 * 1024 * 1024);
  });

  it('that cannot be written costs no row, and goes on when it can', async () => {
    await writeFile(dir, 'a file where the folder belongs');
    const store = await open();
    await writeOne(store);
    expect(problems).toHaveLength(1);
    expect(await store.listActivity(9)).toHaveLength(1);
    const { rm } = await import('node:fs/promises');
    await rm(dir);
    await writeOne(store, 'later');
    expect(await lines('mcp_requests.log')).toMatchObject([{ tool_name: 'later' }]);
  });

  it('has requests that are not kept one by one, which are counted all the same', async () => {
    const store = await open();
    await store.writeLedger({ activity: [entryAt(AT)], events: [], isPassing: true });
    expect(await store.listActivity(9)).toEqual([]);
    expect(await lines('mcp_requests.log')).toHaveLength(1);
    const minute = AT - (AT % 60_000);
    const [counted] = await store.ledger.sums({ kind: 'all', from: minute, to: minute + 60_000, top: 1 });
    expect(counted?.requests).toBe(1);
  });
});
