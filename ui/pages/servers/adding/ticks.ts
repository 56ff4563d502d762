import type { Answer } from '../../../api/client.ts';
import { plural } from '../../../kit/figures.ts';

export type Server = Answer<'servers.create'>;
export type Tested = Answer<'servers.test'>;

/** What is in the way; each has its own remedy. */
export type Trouble = 'unreached' | 'no-mcp' | 'login';
export type Tick = { readonly level: 'ok' | 'bad' | 'off' | 'unknown'; readonly says: string };

const notAsked = (says: string): Tick => ({ level: 'unknown', says: `${says}: not asked` });
const LATER = ['speaks MCP', 'login', 'what it offers'] as const;

// How the sentences of the gateway begin: what the program wrote stands behind them.
const REFUSED = /^(The server refused the gateway’s credential|Not connected)/;
const NO_MCP =
  /^(What answers there does not speak MCP|The server’s answer is not valid|The server answered with)/;

/** Of a server that was asked; nothing where it works. */
export function troubleOf({ status, protocols, error }: Tested): Trouble | undefined {
  if (status === 'reachable' || REFUSED.test(error ?? '')) return 'login';
  if (status === 'offline') return NO_MCP.test(error ?? '') ? 'no-mcp' : 'unreached';
  return protocols.length === 0 ? 'no-mcp' : undefined;
}

function reachedOf({ url }: Server, { response_time_ms: ms }: Tested): Tick {
  return { level: 'ok', says: `reached ${url ?? 'its program'} in ${Math.round(ms)} ms` };
}

const offerOf = ({ tools_count: tools, prompts, resources }: Tested): string =>
  [plural(tools, 'tool'), plural(prompts.length, 'prompt'), plural(resources.length, 'resource')].join(', ');

/** What was asked, in the order in which it is asked: the first that fails says why, and the rest was not asked. */
export function ticksOf(server: Server, tested: Tested): readonly Tick[] {
  const { protocols, error } = tested;
  const trouble = troubleOf(tested);
  const reached = reachedOf(server, tested);
  const bad = (says: string): Tick => ({ level: 'bad', says: error ?? says });
  if (trouble === 'unreached') return [bad('it cannot be reached'), ...LATER.map(notAsked)];
  if (trouble === 'no-mcp')
    return [reached, bad('what answers there does not speak MCP'), ...LATER.slice(1).map(notAsked)];
  const speaks: Tick =
    protocols.length > 0
      ? { level: 'ok', says: `speaks MCP ${protocols.join(' and ')}` }
      : notAsked('speaks MCP');
  if (trouble === 'login') return [reached, speaks, bad('wants a login'), ...LATER.slice(2).map(notAsked)];
  const { kind } = server.auth;
  return [
    reached,
    speaks,
    { level: 'ok', says: kind === 'none' ? 'needs no login' : `takes its ${kind} credential` },
    { level: 'ok', says: offerOf(tested) },
    {
      level: 'ok',
      says: `added as ${server.name}${server.tool_prefix ? `, its tools as ${server.tool_prefix}...` : ''}`,
    },
  ];
}

/** What to do about it. */
export const REMEDY: Readonly<Record<Trouble, string>> = {
  unreached:
    'It was added, and does not answer. Is it running, and is the address right as seen from the gateway? It is asked again by itself; its tools appear when it answers.',
  'no-mcp':
    'It was added, and what answers there is no MCP server. Often the path is missing, as /mcp or /sse: change the URL in its settings.',
  login:
    'It was added, and wants a login. Give it a credential, or let each person connect an account of their own.',
};
