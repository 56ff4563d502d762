import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEcho2025 } from '../fixtures/echo-2025.ts';
import { startEcho2026 } from '../fixtures/echo-2026.ts';
import { startEchoSse } from '../fixtures/echo-sse.ts';
import { createJournal } from '../fixtures/journal.ts';
import { readBody, serve } from '../fixtures/serve.ts';
import type { ServerDraft } from '../support/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient } from '../support/mcp.ts';
import { ALLOWED } from './allowed.ts';
import { type Cell, compareRow, eras, rowsOf, type Side, type Transport, tell, unused } from './cell.ts';
import { sseCarrier, stdioCarrier } from './wire/channel.ts';
import type { Era } from './wire/client.ts';

const ERAS = ['2025', '2026'] as const;
const MODES = ['json', 'stream'] as const;
/** Ways of the client and of the server that are no Streamable HTTP; HTTP+SSE is of the initialize era alone. */
const WAYS: Readonly<Record<Era, readonly (readonly [Transport, Transport])[]>> = {
  '2025': [
    ['sse', 'http'],
    ['stdio', 'http'],
    ['http', 'sse'],
    ['http', 'stdio'],
    ['sse', 'stdio'],
  ],
  '2026': [
    ['stdio', 'http'],
    ['http', 'stdio'],
  ],
};
/** Those that run; one that is left out here is red. */
const CELLS: readonly Cell[] = ERAS.flatMap(client => [
  ...ERAS.flatMap(server => MODES.map((mode): Cell => ({ client, server, mode, down: 'http', up: 'http' }))),
  ...WAYS[client].map(([down, up]): Cell => ({ client, server: client, mode: 'stream', down, up })),
]);

type Server = {
  readonly url: string;
  readonly draft: ServerDraft;
  readonly journal: string;
  readonly close: () => Promise<void>;
};

/** Tasks are of one era each, so that servers that stand in for each other have none. */
const nameOf = (era: Era, { client, server, mode, up }: Cell): string =>
  up === 'http' ? `s${era}-${mode}${client === server ? '-tasks' : ''}` : `s${era}-${up}`;

const journalOf = (url: string) => new URL('/journal', url).href;

async function start(era: Era, mode: 'json' | 'stream', tasks: boolean): Promise<[string, Server]> {
  const how = mode === 'json' ? 'json' : 'sse';
  const server =
    era === '2025'
      ? await startEcho2025({ mode: how, acts: true, tasks })
      : await startEcho2026({ mode: how, tasks });
  const { url, close } = server;
  return [`s${era}-${mode}${tasks ? '-tasks' : ''}`, { url, draft: url, journal: journalOf(url), close }];
}

const ECHO = fileURLToPath(new URL('../fixtures/stdio/echo.ts', import.meta.url));

/** Runs where and as often as the gateway starts it; all of them report to one journal. */
async function overStdio(era: Era): Promise<[string, Server]> {
  const journal = createJournal();
  const reports = await serve(async (request, response) => {
    if (journal.answer(request, response)) return;
    journal.record(request, await readBody(request));
    response.end();
  });
  const args = [ECHO, era, reports.origin, '{"tasks":true}'];
  const draft = { command: process.execPath, args };
  return [`s${era}-stdio`, { url: '', draft, journal: journalOf(reports.origin), close: reports.close }];
}

async function overSse(): Promise<[string, Server]> {
  const echo = await startEcho2025({ mode: 'sse', acts: true, tasks: true });
  const sse = await startEchoSse({ target: echo.url });
  const close = async () => {
    await sse.close();
    await echo.close();
  };
  return [
    's2025-sse',
    { url: sse.url, draft: { url: sse.url, type: 'sse' }, journal: journalOf(echo.url), close },
  ];
}

let servers: ReadonlyMap<string, Server>;
let gateway: GatewayHere;

beforeAll(async () => {
  const plain = ERAS.flatMap(era =>
    MODES.flatMap(mode => [true, false].map(tasks => start(era, mode, tasks))),
  );
  servers = new Map(await Promise.all([...plain, overSse(), ...ERAS.map(overStdio)]));
  const drafts = Object.fromEntries([...servers].map(([name, { draft }]) => [name, draft]));
  gateway = await startGatewayHere({ servers: drafts, settings: { rateLimit: { enabled: false } } });
  await Promise.all([...servers.keys()].map(waitUntilRead));
});
afterAll(async () => {
  await gateway.close();
  for (const server of servers.values()) await server.close();
});

/** What is played before a server was read says nothing. */
async function waitUntilRead(name: string): Promise<void> {
  const client = await legacyClient({ url: gateway.url(`/mcp/${name}`), token: gateway.adminToken });
  const isRead = async () => (await client.request('tools/list')).text.includes('ask_many');
  for (let tries = 0; tries < 100 && !(await isRead()); tries++)
    await new Promise(resolve => setTimeout(resolve, 100));
  await client.end();
}

function directOf(cell: Cell): Side {
  const { url, journal } = servers.get(nameOf(cell.client, { ...cell, up: 'http' })) ?? {
    url: '',
    journal: '',
  };
  return { url, journal };
}

function nativeOf(cell: Cell): Side {
  const { url, journal } = servers.get(nameOf(cell.server, cell)) ?? { url: '', journal: '' };
  return { url, journal };
}

function throughOf(cell: Cell): Side {
  const name = nameOf(cell.server, cell);
  const token = gateway.adminToken;
  const side = { url: gateway.url(`/mcp/${name}`), token, journal: nativeOf(cell).journal };
  if (cell.down === 'stdio') return { ...side, carrier: () => stdioCarrier(gateway.origin, name, token) };
  if (cell.down === 'http') return side;
  const headers = { authorization: `Bearer ${token}` };
  return { ...side, carrier: () => sseCarrier(gateway.url(`/sse/${name}`), headers) };
}

const cellsOf = (name: string) => CELLS.filter(cell => eras(cell) === name);

describe.for(Object.keys(ALLOWED))('%s', name => {
  const used = new Set<string>();
  const allowed = ALLOWED[name] ?? [];

  it.for(cellsOf(name))(
    'through the gateway is as direct, but for what is allowed: $down, then $up, $mode',
    { timeout: 300_000 },
    async cell => {
      const told: string[] = [];
      const sides = { direct: directOf(cell), native: nativeOf(cell), through: throughOf(cell) };
      for (const row of rowsOf(cell)) {
        const verdict = await compareRow(row, cell, sides, allowed);
        told.push(...verdict.findings.map(tell));
        for (const use of verdict.used) used.add(use);
      }
      expect(told).toEqual([]);
    },
  );

  it('allows no more than it needs, and at most 25 places', () => {
    const rows = cellsOf(name).flatMap(rowsOf);
    expect(unused(allowed, rows, used)).toEqual([]);
    expect(new Set(allowed.map(one => one.pointer)).size).toBe(allowed.length);
    expect(allowed.length).toBeLessThanOrEqual(25);
    for (const { spec, why } of allowed) expect([spec.length > 10, why.length > 10]).toEqual([true, true]);
  });
});
