import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { openStore, type Store } from '../../../src/store/index.ts';
import { startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { startGatewayHere } from '../../support/gateway-here.ts';
import { post } from '../../support/mcp.ts';
import { tempDir } from '../../support/temp.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo_read', arguments: {} } };

async function start(options: { readonly runBy?: readonly string[] } = {}): Promise<Gateway> {
  const echo = await startEcho2025();
  const settings = { rateLimit: { enabled: false } };
  const gateway = await startGateway({ servers: { echo: echo.url }, settings, ...options });
  closers.push(echo.close, gateway.close);
  return gateway;
}

/** Whether the client got its answer. */
const call = async ({ url, adminToken }: Gateway): Promise<boolean> => {
  try {
    const { message } = await post(url('/mcp'), CALL, { token: adminToken });
    return message.result !== undefined;
  } catch {
    return false;
  }
};

async function inStore<T>(dataDir: string, look: (store: Store) => Promise<T>): Promise<T> {
  const { master } = loadConfig({ env: {}, flags: { dataDir } });
  const store = await openStore({ dataDir, master });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

const calls = (store: Store) =>
  store.listActivity(1_000_000).then(rows => rows.filter(({ method }) => method === 'tools/call').length);
const said = (store: Store, type: string) =>
  store
    .listEvents(1000)
    .then(rows => rows.filter(row => row.type === type).map(({ detail }) => JSON.parse(detail)));

describe('the ledger', () => {
  it('has a row for each answer that clients got when it is ended under load', async () => {
    const gateway = await start();
    let answered = 0;
    let isOver = false;
    const client = async () => {
      while (!isOver) if (await call(gateway)) answered++;
    };
    const clients = Array.from({ length: 16 }, client);
    await expect.poll(() => answered, { timeout: 30_000 }).toBeGreaterThan(1000);
    gateway.process.signal('SIGTERM');
    await gateway.process.ended;
    isOver = true;
    await Promise.all(clients);
    const [rows, figures] = await inStore(
      gateway.dataDir,
      async store =>
        [
          await calls(store),
          await store.ledger.sums({ kind: 'tool', from: 0, to: 4e12 - (4e12 % 60_000), top: 5 }),
        ] as const,
    );
    expect(rows).toBe(answered);
    expect(figures[0]).toMatchObject({ key: 'echo read', requests: answered, ok: answered });
  }, 60_000);

  it('says after a crash from when to when it may lack rows, and not after an end [T60]', async () => {
    const { path: dir, remove } = await tempDir('authmcp-crash-');
    closers.push(remove);
    const first = await startGatewayHere({ servers: {}, dir });
    await first.built.close();
    // A run that wrote down nothing after this moment.
    const seen = Date.now() - 60_000;
    const second = await startGatewayHere({ servers: {}, dir });
    expect(await said(second.store, 'ledger_gap')).toEqual([]);
    await second.built.close();
    const database = new DatabaseSync(join(second.dataDir, 'ledger.db'));
    database.prepare('update ledger_runs set ended_at = null, seen_at = ?').run(seen);
    database.close();
    const third = await startGatewayHere({ servers: {}, dir });
    closers.push(() => third.built.close());
    await expect.poll(() => said(third.store, 'ledger_gap'), { timeout: 15_000 }).toHaveLength(1);
    const [gap] = await said(third.store, 'ledger_gap');
    expect(Date.parse(gap.from)).toBe(seen);
    expect(Date.now() - Date.parse(gap.to)).toBeLessThan(30_000);
  }, 40_000);

  it('is killed and says so at the next start', async () => {
    const gateway = await start();
    expect(await call(gateway)).toBe(true);
    gateway.process.signal('SIGKILL');
    await gateway.process.ended;
    const run = await inStore(gateway.dataDir, store =>
      store.ledger.beginRun({ id: 'x', place: 'elsewhere', at: 1 }),
    );
    expect(run).toBeUndefined();
    const database = new DatabaseSync(join(gateway.dataDir, 'ledger.db'));
    expect(database.prepare('select ended_at from ledger_runs where id != ?').get('x')).toEqual({
      ended_at: null,
    });
    database.close();
  }, 40_000);

  it('waits out a disk that is full while calls go on, and has every row when there is room again', async () => {
    const gateway = await start({ runBy: ['prlimit', '--fsize=1048576:unlimited', '--'] });
    let answered = 0;
    // What is written beyond a megabyte fails from here on.
    while (!gateway.process.stderr().includes('the ledger cannot be written')) {
      const some = await Promise.all(Array.from({ length: 20 }, () => call(gateway)));
      expect(some.every(Boolean)).toBe(true);
      answered += some.length;
      expect(answered).toBeLessThan(40_000);
    }
    for (let n = 0; n < 100; n++) if (await call(gateway)) answered++;
    execFileSync('prlimit', ['--pid', String(gateway.process.pid), '--fsize=unlimited']);
    await gateway.process.line(/the ledger is written again/, 20_000);
    const ended = await gateway.process.stop();
    expect(ended.code).toBe(0);
    expect(await inStore(gateway.dataDir, calls)).toBe(answered);
  }, 120_000);

  it('waits out another process that holds its file, while calls and pages go on', async () => {
    const gateway = await start();
    expect(await call(gateway)).toBe(true);
    const holder = new DatabaseSync(join(gateway.dataDir, 'ledger.db'));
    holder.exec('begin immediate');
    for (let n = 0; n < 50; n++) expect(await call(gateway)).toBe(true);
    await gateway.process.line(/the ledger cannot be written/, 20_000);
    const before = performance.now();
    expect((await fetch(gateway.url('/login'))).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(2_000);
    holder.exec('rollback');
    holder.close();
    await gateway.process.line(/the ledger is written again/, 20_000);
    await gateway.process.stop();
    expect(await inStore(gateway.dataDir, calls)).toBe(51);
  }, 60_000);
});
