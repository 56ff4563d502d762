import { execFileSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { tempDir } from '../../support/temp.ts';
import { flood } from '../support/flood.ts';

/** No other file of the gateway grows to this. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Less than a row takes: the write ends in the middle of a line. */
const ROOM = 200;
const CALLS = 40;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** An archive with room for a part of a line alone, as on a disk that is nearly full. */
async function startNearlyFull(): Promise<{ gateway: Gateway; path: string }> {
  const { path: dir, remove } = await tempDir();
  closers.push(remove);
  const path = join(dir, 'archive.jsonl');
  const start = '{"table":"events","row":{"id":"first","pad":"';
  const end = '"}}\n';
  await writeFile(path, start + 'x'.repeat(MOST_BYTES - ROOM - start.length - end.length) + end);
  const ledger = { archiveEnabled: true, archivePath: path, maxRows: 1, checkIntervalSeconds: 1 };
  const gateway = await startGateway({
    servers: {},
    settings: { ledger, rateLimit: { enabled: false } },
    runBy: ['prlimit', `--fsize=${MOST_BYTES}:unlimited`, '--'],
  });
  closers.push(gateway.close);
  return { gateway, path };
}

it('an archive on a full disk keeps whole lines, and each row once when there is room again', async () => {
  const { gateway, path } = await startNearlyFull();
  expect(await flood({ port: gateway.port, token: gateway.adminToken }, CALLS, 'ping')).toBe(CALLS);
  const failures = () => gateway.process.stderr().split('could not be cleaned up').length - 1;
  await expect.poll(failures, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  await expect.poll(async () => (await stat(path)).size).toBe(MOST_BYTES - ROOM);

  execFileSync('prlimit', ['--pid', String(gateway.process.pid), '--fsize=unlimited']);
  const lines = async () => (await readFile(path, 'utf8')).trimEnd().split('\n');
  await expect.poll(async () => (await lines()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(CALLS);
  expect((await gateway.process.stop()).code).toBe(0);
  const ids = (await lines()).map(line => (JSON.parse(line) as { row: { id: string } }).row.id);
  expect(ids[0]).toBe('first');
  expect(new Set(ids).size).toBe(ids.length);
}, 120_000);
