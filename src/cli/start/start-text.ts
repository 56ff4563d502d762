import { printable } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';

export type ServerStanding = {
  readonly name: string;
  readonly state: 'unknown' | 'ready' | 'down';
  readonly since?: number;
  readonly reason?: string;
};

/** What a person is told to do next. */
export type Entrance =
  | { readonly kind: 'setup'; readonly url: string; readonly until: number }
  | { readonly kind: 'sign-in'; readonly as: string }
  | { readonly kind: 'dashboard' };

export type Started = {
  readonly version: string;
  readonly config: Config;
  readonly origin: string;
  readonly mcpUrl: string;
  readonly servers: readonly ServerStanding[];
  readonly entrance: Entrance;
  readonly tookMs: number;
  readonly now: number;
};

export function renderStart(started: Started): string {
  const { version, config, mcpUrl, tookMs, now } = started;
  const lines = [
    `AuthMCP Gateway ${version}   ${modeText(config)}`,
    '',
    row('data', config.dataDirShown.padEnd(16) + madeText(config)),
    row('servers', serversText(config, started.servers)),
    row('MCP', mcpUrl),
    '',
    ...entranceLines(started),
    '',
    ...config.warnings.flatMap(text => [`  note      ${printable(text)}`]),
    ...(config.warnings.length > 0 ? [''] : []),
    `${clockTime(now)} ready in ${(tookMs / 1000).toFixed(1)} s. Ctrl+C stops.`,
  ];
  return lines.map(line => line.trimEnd()).join('\n');
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(10)}${text}`;
}

/** Hours and minutes, and seconds, of this machine's own clock. */
export function clockTime(at: number, length = 8): string {
  return new Date(at).toTimeString().slice(0, length);
}

function modeText({ mode, settings }: Config): string {
  if (mode.kind === 'served') return 'served mode: people reach it at its public address';
  return mode.isPrivate
    ? 'local mode: only this machine can reach it'
    : `local mode: listens on ${settings.host}, answers to localhost`;
}

function madeText({ made }: Config): string {
  return made.dataDir || made.masterKey ? 'made: database and keys, readable by you alone' : '';
}

function serversText(config: Config, servers: readonly ServerStanding[]): string {
  if (servers.length === 0) {
    return `${'none yet'.padEnd(16)}${config.configFileShown} is watched, or add them in the browser`;
  }
  const count = (state: ServerStanding['state']) => servers.filter(server => server.state === state).length;
  const down = servers.filter(server => server.state === 'down');
  const parts = [
    count('ready') > 0 && `${count('ready')} ready`,
    down.length > 0 && `${down.length} down (${down.map(downText).join('; ')})`,
    count('unknown') > 0 && `${count('unknown')} not answered yet`,
  ].filter(part => part !== false);
  return `${servers.length}   ${parts.join(', ')}`;
}

function downText({ name, since, reason }: ServerStanding): string {
  const when = since === undefined ? '' : `since ${clockTime(since, 5)}`;
  return [name, [when, reason].filter(Boolean).join(': ')].filter(text => text !== '').join(', ');
}

function entranceLines({ entrance, origin }: Started): readonly string[] {
  switch (entrance.kind) {
    case 'setup':
      return [
        `  Set it up:  ${entrance.url}`,
        `              works once, until ${clockTime(entrance.until, 5)}. New link: npx authmcp-gateway setup-link`,
      ];
    case 'sign-in':
      return [`  Sign in:  ${origin}/admin  as ${printable(entrance.as)}`];
    case 'dashboard':
      return [`  Dashboard  ${origin}/admin`];
  }
}
