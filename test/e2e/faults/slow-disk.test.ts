import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { post } from '../../support/mcp.ts';
import { type Running, startProcess } from '../../support/processes.ts';
import { flood } from '../support/flood.ts';

/** More than what may wait for the store: 32 MB. */
const COUNT = 24_000;
const PINGS = 400;

let echo: Echo2025;
let gateway: Gateway;
let holder: Running | undefined;
beforeEach(async () => {
  echo = await startEcho2025();
  gateway = await startGateway({
    servers: { echo: echo.url },
    settings: { rateLimit: { enabled: false }, ledger: { files: false } },
  });
});
afterEach(async () => {
  await holder?.stop();
  holder = undefined;
  await gateway.close();
  await echo.close();
});

const HOLD = `
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(process.argv[1]);
database.exec('begin immediate');
console.log('held');
setInterval(() => {}, 1000);
`;

/** Another process holds a transaction in the file of the ledger, until it ends. */
async function hold(): Promise<void> {
  holder = startProcess(process.execPath, ['-e', HOLD, join(gateway.dataDir, 'ledger.db')], {});
  await holder.line(/^held$/m, 10_000);
}

const call = async () => {
  const params = { name: 'echo_read', arguments: {} };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  const startedAt = performance.now();
  const { message } = await post(gateway.url('/mcp'), body, { token: gateway.adminToken });
  return { isFine: message.result !== undefined, ms: performance.now() - startedAt };
};
const metric = async (name: string) => {
  const text = await (await fetch(gateway.url('/metrics'))).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};
const to = () => ({ port: gateway.port, token: gateway.adminToken });

/** What stands in the store, once the gateway has ended: rows of some methods, all of them, and what it says it dropped. */
function kept() {
  const database = new DatabaseSync(join(gateway.dataDir, 'ledger.db'), { readOnly: true });
  const count = (where: string) =>
    Number(database.prepare(`select count(*) as n from activity where ${where}`).get()?.n);
  const told = database.prepare(`select detail from events where type = 'ledger_dropped'`).all();
  const drops = told.map(
    ({ detail }) => JSON.parse(String(detail)) as { rows: number; from: string; to: string },
  );
  const found = {
    all: count('1 = 1'),
    pings: count(`method = 'ping'`),
    calls: count(`method = 'tools/call'`),
  };
  database.close();
  return { ...found, drops };
}

it('a ledger that cannot be written for long costs no call, keeps the newest, and says what it dropped', async () => {
  const startedAt = Date.now();
  await hold();
  expect(await flood(to(), PINGS, 'ping')).toBe(PINGS);
  expect(await flood(to(), COUNT)).toBe(COUNT);
  await gateway.process.line(/the ledger cannot be written/, 20_000);
  for (let n = 0; n < 20; n++) {
    const { isFine, ms } = await call();
    expect([isFine, ms < 2_000]).toEqual([true, true]);
  }
  expect((await fetch(gateway.url('/livez'))).status).toBe(200);
  expect(await metric('authmcp_ledger_queued')).toBeGreaterThan(1_000);

  await holder?.stop();
  await gateway.process.line(/the ledger is written again/, 30_000);
  await expect.poll(() => metric('authmcp_ledger_queued'), { timeout: 60_000 }).toBe(0);
  const dropped = await metric('authmcp_ledger_dropped_total');
  expect((await gateway.process.stop()).code).toBe(0);

  const { all, pings, calls, drops } = kept();
  expect(dropped).toBeGreaterThan(0);
  expect(drops.reduce((sum, { rows: count }) => sum + count, 0)).toBe(dropped);
  expect(all + dropped).toBe(PINGS + COUNT + 20);
  // What went well goes first, the oldest of it; what failed is of more use.
  expect([pings, calls]).toEqual([0, 20]);
  for (const { from, to: until } of drops) {
    expect(Date.parse(from)).toBeGreaterThanOrEqual(startedAt - 1_000);
    expect(Date.parse(until)).toBeLessThanOrEqual(Date.now());
  }
}, 240_000);

it('a ledger that is slow again and again loses nothing while there is room', async () => {
  let sent = 0;
  for (let n = 0; n < 3; n++) {
    await hold();
    sent += await flood(to(), 600);
    expect((await call()).isFine).toBe(true);
    sent++;
    await holder?.stop();
    await expect.poll(() => metric('authmcp_ledger_queued'), { timeout: 30_000 }).toBe(0);
  }
  expect(await metric('authmcp_ledger_dropped_total')).toBe(0);
  await gateway.process.stop();
  const { all, drops } = kept();
  expect([all, drops]).toEqual([sent, []]);
}, 120_000);
