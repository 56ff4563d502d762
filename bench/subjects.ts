import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServerName } from '../src/base/index.ts';
import { loadConfig } from '../src/config/index.ts';
import { openStore } from '../src/store/index.ts';
import { type Gateway, startGateway } from '../test/support/gateway.ts';
import { legacyClient, modernClient } from '../test/support/mcp.ts';
import { freePort } from '../test/support/ports.ts';
import { type Running, startProcess } from '../test/support/processes.ts';
import type { Load, LoadResult } from './load.ts';
import { manyRules } from './many-rules.ts';
import { pin } from './measure.ts';

const SUBJECT_CORE = 0;
const OTHER_CORE = 1;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function start(core: number, args: readonly string[]): Running {
  const [program = '', ...rest] = [...pin(core), process.execPath, ...args];
  return startProcess(program, rest);
}

export type Backend = {
  readonly port: number;
  readonly counts: () => Promise<Readonly<Record<string, number>>>;
  readonly close: () => Promise<unknown>;
};

export async function startBackend(...args: readonly string[]): Promise<Backend> {
  const running = start(OTHER_CORE, [here('backend.ts'), ...args]);
  const port = Number((await running.line(/"port":(\d+)/))[1]);
  const counts = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/counts`);
    return (await response.json()) as Record<string, number>;
  };
  return { port, counts, close: running.stop };
}

/** Something that answers `tools/call` of `b_echo`: what load.ts needs to reach it, and whose time to count. */
export type Subject = {
  readonly name: string;
  readonly pid: number;
  readonly request: Pick<Load, 'port' | 'path' | 'headers' | 'body'>;
  readonly gateway?: Gateway;
  readonly close: () => Promise<unknown>;
};

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const CALL =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"b_echo","arguments":{"text":"hi"}}}';

export async function startFloor(backend: Backend, name = 'floor'): Promise<Subject> {
  const port = await freePort();
  const running = start(SUBJECT_CORE, [here('floor.mjs'), String(port), String(backend.port)]);
  await untilOpen(port);
  const request = { port, path: '/mcp', headers: HEADERS, body: CALL };
  return { name, pid: running.pid, request, close: running.stop };
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isOpen = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error(`Nothing listens on ${port}.`);
}

/** Limits stay on; they only stand higher than any load here. */
const SETTINGS = { rateLimit: { mcp: { max: 1_000_000_000, burst: 1_000_000_000 } } };

export function startBenchGateway(
  servers: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Gateway> {
  return startGateway({ servers, settings: { ...SETTINGS, ...settings }, runBy: pin(SUBJECT_CORE) });
}

/** The same call as a client of 2026-07-28 makes it. */
const MODERN_CALL =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"b_echo","arguments":{"text":"hi"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0.0"}}}}';
const MODERN_HEADERS = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'b_echo',
};

/** The gateway before this server, called by a client without a session. */
export async function startModernSubject(backend: Backend): Promise<Subject> {
  const gateway = await startBenchGateway({ b: `http://127.0.0.1:${backend.port}/mcp` });
  const { url, adminToken } = gateway;
  await modernClient({ url: url('/mcp'), token: adminToken }).request('tools/list');
  const headers = { ...HEADERS, ...MODERN_HEADERS, authorization: `Bearer ${adminToken}` };
  return {
    name: 'gateway',
    pid: gateway.process.pid,
    request: { port: gateway.port, path: '/mcp', headers, body: MODERN_CALL },
    gateway,
    close: gateway.close,
  };
}

export async function startSubject(backend: Backend): Promise<Subject> {
  const gateway = await startBenchGateway({ b: `http://127.0.0.1:${backend.port}/mcp` });
  const { sessionId } = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  if (sessionId === undefined) throw new Error('The gateway gave no session.');
  return {
    name: 'gateway',
    pid: gateway.process.pid,
    request: {
      port: gateway.port,
      path: '/mcp',
      headers: { ...HEADERS, ...sessionHeaders(gateway.adminToken, sessionId) },
      body: CALL,
    },
    gateway,
    close: gateway.close,
  };
}

/** A person who is let through by the last of a thousand rules, and counted by limits that are never reached. */
export async function startRuledSubject(backend: Backend): Promise<Subject> {
  const gateway = await startBenchGateway({ b: `http://127.0.0.1:${backend.port}/mcp` });
  const token = await gateway.userToken('ruled', []);
  await writeRules(gateway, 'ruled');
  // The gateway looks for changes four times a second.
  await sleep(1_000);
  const client = await legacyClient({ url: gateway.url('/mcp'), token });
  if (client.sessionId === undefined) throw new Error('The gateway gave no session.');
  await client.request('tools/list');
  const headers = { ...HEADERS, ...sessionHeaders(token, client.sessionId) };
  const request = { port: gateway.port, path: '/mcp', headers, body: CALL };
  return { name: 'gateway', pid: gateway.process.pid, request, gateway, close: gateway.close };
}

async function writeRules({ dataDir }: Gateway, name: string): Promise<void> {
  const { master } = loadConfig({ env: {}, flags: { dataDir } });
  const store = await openStore({ dataDir, master });
  const user = await store.userByName(name);
  if (!user) throw new Error('The person was not made.');
  for (const rule of manyRules(user.id)) await store.access.addRule(rule, Date.now());
  const most = { requests: 1e9, concurrent: 1e5, bytesIn: 2 ** 50, bytesOut: 2 ** 50, windowS: 1 };
  const limit = { ...most, changedAt: 0, changedBy: 'bench' };
  await store.access.putLimit({ ...limit, subject: { kind: 'user', id: user.id } });
  await store.access.putLimit({ ...limit, subject: { kind: 'server', id: 'b' as ServerName } });
  await store.close();
}

export const sessionHeaders = (token: string, sessionId: string) => ({
  authorization: `Bearer ${token}`,
  'mcp-session-id': sessionId,
  'mcp-protocol-version': '2025-11-25',
});

/** Runs load.ts on the other core. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const running = start(OTHER_CORE, [here('load.ts'), JSON.stringify(load)]);
  const { code, stdout, stderr } = await running.ended;
  if (code !== 0) throw new Error(`The load ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
