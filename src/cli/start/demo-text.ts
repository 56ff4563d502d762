import { commandOf, clients as knownClients } from '../../admin/index.ts';
import { printable } from '../../base/index.ts';
import type { ActivityRow } from '../../store/index.ts';
import { clockTime } from './start-text.ts';

export type Demo = {
  readonly version: string;
  readonly origin: string;
  readonly mcpUrl: string;
  readonly password: string;
  readonly token: string;
  /** The port that was asked for and is taken. */
  readonly movedFrom: number | undefined;
  /** Client programs found on this machine. */
  readonly clients: readonly string[];
};

export const SAMPLE_PREFIX = 'sample_';

const CALL =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sample_add","arguments":{"a":2,"b":3}}}';
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"5"}]}}';

export function renderDemo(demo: Demo): string {
  const { version, origin, mcpUrl, password, token, movedFrom } = demo;
  const dashboard = `${origin}/admin`;
  return [
    `AuthMCP Gateway ${version}   demo: temporary data, gone when you stop it`,
    '',
    '  sample server   sample_add, sample_echo, sample_slow, sample_ask (asks you back), sample_fail; 2 resources, 1 prompt',
    `  dashboard       ${dashboard.padEnd(31)} demo / ${password}`,
    `  token           ${token}   (MCP only, 24 hours)`,
    ...(movedFrom === undefined
      ? []
      : [`  port            ${movedFrom} is taken, so this is the next free one`]),
    '',
    'Paste this into another terminal:',
    '',
    `  curl -s ${mcpUrl} -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\`,
    `    -d '${CALL}'`,
    '',
    `  it answers  ${ANSWER}`,
    '',
    ...clientLines(demo),
    'Live:',
  ].join('\n');
}

function clientLines({ clients, mcpUrl, token }: Demo): readonly string[] {
  const place = { url: mcpUrl, name: 'demo', token };
  const lines = knownClients
    .filter(({ program }) => program !== undefined && clients.includes(program))
    .flatMap(client => commandOf(client, 'oauth', place) ?? [])
    .map(line => `  ${line}`);
  return lines.length === 0 ? [] : ['or connect a real client:', ...lines, ''];
}

/** One line per call, by the name under which it was called; what nobody signed in for is not shown. */
export function renderEntry(row: ActivityRow): string | undefined {
  if (row.method === undefined || row.userName === undefined) return undefined;
  const agent = row.clientName ?? row.userAgent?.split(/[/ ]/)[0] ?? '-';
  const target = row.target === undefined ? row.method : `${SAMPLE_PREFIX}${row.target}`;
  const ms = `${Math.round(row.durationMs)} ms`.padStart(7);
  const server = row.upstreamMs === undefined ? '' : `  (server ${Math.round(row.upstreamMs)})`;
  const columns = [row.userName, ` ${agent.padEnd(11)}`, target.padEnd(12), row.outcome.padEnd(5)];
  return `${clockTime(row.at)}  ${printable(columns.join(' '))}${ms}${server}`;
}
