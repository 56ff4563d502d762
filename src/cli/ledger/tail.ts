import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { type Context, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { type TokenFlags, tokenOf, withToken } from '../token-flags.ts';
import { follow } from './follow.ts';

type Flags = TokenFlags & {
  readonly url: string;
  readonly json?: boolean;
} & Readonly<Record<string, string | boolean | undefined>>;

/** The flag, and the part of an entry that must be so. */
const FILTERS = [
  ['server', 'server', 'of this server'],
  ['client', 'client', 'of this OAuth client, or API key by its name'],
  ['method', 'method', 'of this MCP method'],
  ['tool', 'target', 'of this tool, prompt or resource, as the server calls it'],
  ['outcome', 'outcome', 'ok, error, refused or cancelled'],
  ['address', 'address', 'from this address'],
  ['kind', 'kind', 'entry (requests) or event (security events) alone'],
] as const;

/** `tail`: what happens at a running gateway, as it happens. */
export function addTail(program: Command, context: Context): void {
  const command = withToken(
    program.command('tail').description('follow the requests and security events of a running gateway'),
  )
    .option('--url <url>', 'where the gateway is', 'http://127.0.0.1:8000')
    .option('--json', 'print JSON lines');
  for (const [flag, , about] of FILTERS) command.option(`--${flag} <value>`, about);
  withExamples(
    command,
    'AUTHMCP_TOKEN=KEY authmcp-gateway tail',
    'authmcp-gateway tail --server github --outcome error --token-file ~/.authmcp-audit',
  ).action((flags: Flags) => tail(context, flags));
}

function feedOf(flags: Flags): URL {
  if (!URL.canParse(flags.url) || !/^https?:/.test(flags.url))
    throw new Refusal(`${printable(flags.url)} is no address: --url is like http://127.0.0.1:8000.`);
  const url = new URL('/admin/api/activity/live', flags.url);
  for (const [flag, part] of FILTERS) {
    const value = flags[flag];
    if (typeof value === 'string') url.searchParams.set(part, value);
  }
  return url;
}

type Told = Readonly<Record<string, string | number | null>>;

const word = (value: Told[string] | undefined) => String(value ?? '-');

const LINES: Readonly<Record<string, (told: Told) => readonly string[]>> = {
  entry: told => [
    word(told.at).slice(11, 23),
    word(told.username),
    word(told.client_name ?? told.client),
    word(told.method),
    [told.server, told.target].filter(part => part !== null).join('/') || '-',
    Number(told.count) > 1
      ? `${word(told.fault ?? told.outcome)} x${told.count}`
      : word(told.fault ?? told.outcome),
    `${Number(told.duration_ms).toFixed(1)} ms`,
  ],
  event: told => [
    word(told.timestamp).slice(11, 23),
    `! ${word(told.severity)} ${word(told.event_type)}`,
    JSON.stringify(told.details),
  ],
  missed: told => [
    `... ${told.count ?? 'some'} were left out: this reader was too slow, or away for too long`,
  ],
};

function lineOf(event: string, data: string): string {
  const told = JSON.parse(data) as Told;
  return printable((LINES[event]?.(told) ?? [data]).join('  '));
}

async function tail(context: Context, flags: Flags): Promise<void> {
  const url = feedOf(flags);
  const token = await tokenOf(flags);
  if (token === undefined)
    throw new Refusal(
      'Tail needs an API key with the scope audit, in AUTHMCP_TOKEN or by --token-file. To make one: authmcp-gateway token create --user NAME --name tail --scope audit',
    );
  const { terminal } = context;
  await follow({
    url,
    token,
    onEvent: (event, data) =>
      terminal.out(flags.json ? JSON.stringify({ event, ...JSON.parse(data) }) : lineOf(event, data)),
    onGap: says => terminal.err(`authmcp-gateway tail: ${printable(says)}`),
  });
}
