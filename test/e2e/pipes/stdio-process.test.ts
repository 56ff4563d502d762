import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/index.ts';
import { type Gateway, startGateway, writeConfig } from '../../support/gateway.ts';
import { marked } from '../../support/marked.ts';
import { legacyClient } from '../../support/mcp.ts';
import { startProcess } from '../../support/processes.ts';
import { HABITS } from '../../upstream/support/commands.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const habits = (...flags: string[]) => ({ command: process.execPath, args: [HABITS, ...flags] });
const stubborn = habits('--never-ends', '--ignore-term', '--family');
const tagOf = ({ dataDir }: Gateway) => createHash('sha256').update(dataDir).digest('hex').slice(0, 16);

/** A gateway whose commands were called, and that has processes of its own therefore. */
async function start(servers: Parameters<typeof startGateway>[0]['servers']) {
  const gateway = await startGateway({ servers, env: { GATEWAY_SECRET: 'never-to-be-seen' } });
  closers.push(gateway.close);
  for (const server of Object.keys(servers)) {
    const client = await legacyClient({ url: gateway.url(`/mcp/${server}`), token: gateway.adminToken });
    await client.request('tools/call', { name: 'echo', arguments: {} });
  }
  const running = () => marked(tagOf(gateway));
  expect(running().length).toBeGreaterThan(0);
  return { gateway, running };
}

const isPolite = (pid: number) => /stdio\/server\.ts\0$/.test(cmdline(pid));
function cmdline(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const count = { timeout: 15_000 };

describe('the end of the gateway', () => {
  it('by SIGTERM ends all processes first, the stubborn ones too', { timeout: 40_000 }, async () => {
    const { gateway, running } = await start({ polite: habits(), stubborn });
    gateway.process.signal('SIGTERM');
    await gateway.process.ended;
    expect(running()).toEqual([]);
  });

  it('by a second signal kills them at once', { timeout: 40_000 }, async () => {
    const { gateway, running } = await start({ stubborn });
    gateway.process.signal('SIGTERM');
    await new Promise(resolve => setTimeout(resolve, 800));
    gateway.process.signal('SIGTERM');
    const at = performance.now();
    await gateway.process.ended;
    expect(performance.now() - at).toBeLessThan(1500);
    expect(running()).toEqual([]);
  });

  it('by SIGKILL: what hears its input close ends, and the next start ends the rest', {
    timeout: 40_000,
  }, async () => {
    const { gateway, running } = await start({ polite: habits(), stubborn });
    expect(running().filter(isPolite).length).toBeGreaterThan(0);
    gateway.process.signal('SIGKILL');
    await gateway.process.ended;
    await expect.poll(() => running().filter(isPolite), count).toEqual([]);
    const left = running();
    expect(left.length).toBeGreaterThan(0);
    await writeConfig(gateway.configFile, { servers: {} });
    const main = join(import.meta.dirname, '../../../src/main.ts');
    const args = ['start', '--port', '0', '--data-dir', gateway.dataDir, '--config', gateway.configFile];
    const next = startProcess(process.execPath, [main, ...args]);
    closers.push(next.stop);
    await next.line(/"msg":"ready"|Ctrl/);
    await expect.poll(() => running().filter(pid => left.includes(pid)), count).toEqual([]);
  });
});

describe('a command of the running gateway', () => {
  it('T35 sees none of its secrets: neither environment, nor arguments, nor open files', async () => {
    const { gateway } = await start({ habits: { ...habits(), env: { OWN: 'value' } } });
    const client = await legacyClient({ url: gateway.url('/mcp/habits'), token: gateway.adminToken });
    const { text } = await client.request('tools/call', { name: 'who', arguments: {} });
    const master = readFileSync(join(gateway.dataDir, 'keys', 'master.key'), 'utf8').trim();
    for (const secret of ['never-to-be-seen', 'ADMIN_PASSWORD', master, gateway.adminToken, 'gateway.db'])
      expect(text).not.toContain(secret);
    expect(text).toContain('OWN');
    expect(text).toContain(join(gateway.dataDir, 'servers', 'habits'));
  });

  it('that the file brings later is noted with all of its words and their digest', async () => {
    const { gateway } = await start({ habits: habits() });
    const words = habits('; touch x', '$(id)', '--');
    await writeConfig(gateway.configFile, { servers: { habits: habits(), added: words } });
    const argv = [process.execPath, ...words.args];
    const sha256 = createHash('sha256').update(JSON.stringify(argv)).digest('hex');
    const { loadConfig } = await import('../../../src/config/index.ts');
    const cwd = mkdtempSync(join(tmpdir(), 'authmcp-look-'));
    writeFileSync(join(cwd, '.env'), '');
    const store = await openStore(loadConfig({ flags: { dataDir: gateway.dataDir }, env: {}, cwd }));
    const noted = async () => {
      const events = await store.listEvents(50);
      return events.filter(({ type, server }) => type === 'admin_action' && server === 'added');
    };
    await expect.poll(noted, count).toHaveLength(1);
    const [event] = await noted();
    expect(JSON.parse(String(event?.detail))).toMatchObject({ action: 'server.add', argv, sha256 });
    await store.close();
  });
});
