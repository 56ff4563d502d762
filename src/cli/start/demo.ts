import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clients } from '../../admin/index.ts';
import { Secret, systemClock } from '../../base/index.ts';
import { type Flags, isOnPath, loadConfig, portHere } from '../../config/index.ts';
import { createGateway, type Gateway } from '../../gateway.ts';
import { Refusal } from '../refusal.ts';
import { startSampleServer } from '../sample/sample-server.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { renderDemo, renderEntry, SAMPLE_PREFIX } from './demo-text.ts';
import { logFor } from './logs.ts';
import { buildPages } from './pages.ts';
import { findFreePort } from './port-owner.ts';
import { closeOnSignal, closeTelling } from './signals.ts';

const DAY_MS = 24 * 3_600_000;
const ANIMALS = ['otter', 'badger', 'heron', 'lynx', 'marten', 'plover', 'tapir', 'wombat'] as const;
const THINGS = ['lantern', 'kettle', 'harbor', 'ladder', 'pepper', 'saddle', 'velvet', 'window'] as const;

/** A gateway on temporary data, with a sample server behind it, until a signal ends it. */
export async function demo(flags: Flags, terminal: Terminal): Promise<void> {
  const wanted = Number(flags.port ?? portHere());
  const port = Number.isInteger(wanted) && wanted > 0 ? await findFreePort(wanted) : undefined;
  if (port === undefined) throw new Refusal('No port is free there. Use --port with another one.');
  const folder = mkdtempSync(join(tmpdir(), 'authmcp-demo-'));
  const sample = await startSampleServer();
  try {
    const config = loadDemoConfig(folder, sample.url, port, flags);
    void buildPages();
    const gateway = await createGateway(config, { log: logFor(terminal, 'warn'), version: packageVersion() });
    const closed = closeOnSignal(() => closeTelling(gateway, terminal.err));
    await present(gateway, terminal, { port, wanted });
    await closed;
  } finally {
    await sample.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function loadDemoConfig(folder: string, url: string, port: number, { logLevel }: Flags) {
  const file = { mcpServers: { sample: { url, prefix: SAMPLE_PREFIX, private: 'allow' } } };
  writeFileSync(join(folder, 'authmcp.yaml'), JSON.stringify(file), { mode: 0o600 });
  return loadConfig({ flags: { port: String(port), logLevel }, env: {}, cwd: folder });
}

type Ports = { readonly port: number; readonly wanted: number };

async function present(gateway: Gateway, terminal: Terminal, { port, wanted }: Ports): Promise<void> {
  const password = `${pick(ANIMALS)}-${pick(THINGS)}-${randomInt(10, 100)}`;
  const token = await makeDemoUser(gateway, password);
  const text = renderDemo({
    version: packageVersion(),
    origin: gateway.origin,
    mcpUrl: gateway.mcpUrl,
    password,
    token,
    movedFrom: port === wanted ? undefined : wanted,
    clients: clients.flatMap(({ program }) => (program !== undefined && isOnPath(program) ? [program] : [])),
  });
  terminal.out(text);
  gateway.onActivity(row => {
    const line = renderEntry(row);
    if (line !== undefined) terminal.out(line);
  });
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}

async function makeDemoUser({ store }: Gateway, password: string): Promise<string> {
  const { createPasswords, makeApiKey } = await import('../../auth/index.ts');
  const now = systemClock.now();
  const passwordHash = await createPasswords().hash(new Secret(password));
  const user = await store.createFirstAdmin(
    { name: 'demo', email: undefined, passwordHash, role: 'admin' },
    now,
  );
  if (typeof user === 'string') throw new Refusal('The demo could not make its user. Start it again.');
  const { id, key, secretHash } = makeApiKey();
  const scopes = ['mcp'];
  await store.createKey({
    id,
    userId: user.id,
    name: 'demo',
    secretHash,
    scopes,
    createdAt: now,
    expiresAt: now + DAY_MS,
  });
  return key.reveal();
}
