import type { Answer } from '../../api/client.ts';
import { plural } from '../../kit/figures.ts';

type Server = Answer<'servers.list'>[number];

/** Calls that run, and what is open for them: sessions, or programs where the server is one. */
export function runningText({
  running: { calls, sessions },
  type,
}: Pick<Server, 'running' | 'type'>): string {
  const open = plural(sessions, type === 'stdio' ? 'program' : 'session');
  return calls === 0 ? open : `${plural(calls, 'call')}, ${open}`;
}
