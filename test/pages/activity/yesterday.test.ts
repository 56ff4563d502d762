import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/base/index.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { type ActivityRow, openStore } from '../../../src/store/index.ts';
import { type ChangingServer, startChangingServer } from '../../gateway/support/changing-server.ts';
import { tool } from '../../gateway/support/changing-world.ts';
import { post } from '../../support/mcp.ts';
import { tempDir } from '../../support/temp.ts';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let world: PagesWorld;
let seen: Seen;
let server: ChangingServer;
let folder: Awaited<ReturnType<typeof tempDir>>;
const { click, choose, fill } = handOf(() => seen);

/** Noon of the day before, where the browser is as well. */
function noon(): number {
  const at = new Date();
  at.setDate(at.getDate() - 1);
  return at.setHours(12, 0, 0, 0);
}

const callOf = (userName: string, target: string, at: number): ActivityRow => ({
  ...{ id: uuidv7(at), at, userName, target, server: 'files', method: 'tools/call', outcome: 'ok' },
  ...{ principal: `00000000-0000-7000-8000-${userName.padStart(12, '0')}`, credential: 'key:x' },
  ...{ client: 'desk', clientName: 'Desk 1.0', userAgent: 'desk', address: '127.0.0.1', endpoint: '/mcp' },
  ...{ era: 'legacy', serverEra: 'legacy', session: undefined, fault: undefined, code: undefined },
  ...{ status: 200, durationMs: 4, upstreamMs: 3, bytesIn: 10, bytesOut: 10, count: 1, traceId: undefined },
});

beforeAll(async () => {
  folder = await tempDir('authmcp-yesterday-');
  const dataDir = join(folder.path, 'data');
  const { master } = loadConfig({ flags: { dataDir }, env: {}, cwd: folder.path });
  const store = await openStore({ dataDir, master });
  const activity = [
    callOf('111', 'wipe', noon()),
    callOf('222', 'look', noon() + 1),
    callOf('333', 'wipe', noon() - 3 * 86_400_000),
  ];
  await store.writeLedger({ activity, events: [] });
  await store.close();
  const look = tool('look', { annotations: { readOnlyHint: true } });
  server = await startChangingServer({ tools: [tool('wipe'), look] });
  world = await startPagesWorld({ dir: folder.path, servers: { files: server.url } });
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  await post(world.gateway.url('/mcp'), list, { token: world.gateway.adminToken });
  for (const name of ['files_wipe', 'files_look'])
    await post(
      world.gateway.url('/mcp'),
      { ...list, method: 'tools/call', params: { name, arguments: {} } },
      { token: world.gateway.adminToken },
    );
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await server?.close();
  await folder?.remove();
});

const rows = () => seen.page.getByRole('table', { name: 'activity' }).getByRole('row');
const facet = (name: string) => seen.page.getByRole('group', { name }).getByRole('button');

describe('who called the destructive tool yesterday', () => {
  it('is answered after three moves from Home, of four', async () => {
    await seen.go('/admin');
    let moves = 0;
    const move = async (done: Promise<unknown>) => {
      moves++;
      await done;
    };
    await move(click('rail.activity'));
    await move(choose('window.choose', 'yesterday'));
    await move(facet('What it may change').filter({ hasText: 'destructive' }).first().click());
    await expect.poll(() => rows().count()).toBe(2);
    expect(await rows().nth(1).textContent()).toMatch(/wipe.*files/);
    await expect.poll(() => facet('Person').first().textContent()).toMatch(/111/);
    expect(moves).toBeLessThanOrEqual(4);
    await seen.picture('activity-yesterday');
    expect(await seen.violations()).toEqual([]);
  });

  it('stands in the address and in what is taken along, and in what is read live', async () => {
    await seen.go('/admin/activity?tier=destructive&live=off');
    await expect.poll(() => rows().count()).toBe(2);
    const href = await seen.control('activity.jsonl').getAttribute('href');
    const answer = await seen.page.request.get(world.gateway.url(href ?? ''));
    expect((await answer.text()).trim().split('\n')).toHaveLength(1);
    await seen.go('/admin/activity?tier=destructive');
    await seen.page.getByText('announced as they come', { exact: false }).waitFor();
    for (const name of ['files_look', 'files_wipe'])
      await post(
        world.gateway.url('/mcp'),
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } },
        { token: world.gateway.adminToken },
      );
    await expect.poll(() => seen.control('activity.show-new').textContent()).toBe('1 new');
  });

  it('what no tool can be is refused, and nothing is shown of it', async () => {
    await seen.go('/admin/activity?tier=<script>');
    await seen.page.getByRole('alert').first().waitFor();
    await seen.page.keyboard.press('Control+k');
    await fill('palette.type', 'nothing');
    expect(await seen.page.locator('body script').count()).toBe(0);
  });
});
