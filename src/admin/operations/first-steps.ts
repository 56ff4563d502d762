import { z } from 'zod';
import { operation } from '../api/operation.ts';
import { PLAYGROUND } from './account/playground.ts';

const step = z.object({
  id: z.enum(['admin', 'server', 'client', 'call']),
  is_done: z.boolean(),
  /** What was done, in a few words; null: nothing yet. */
  says: z.string().nullable(),
  at: z.string().nullable(),
});

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** `a, b, c and 9 more`. */
function inBrief(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > 4 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, more === '' ? 4 : 3).join(', ')}${more}`;
}

/** How far a new gateway has come: what the pages of the first start show, and wait for. */
export const firstSteps = operation({
  id: 'setup.state',
  method: 'get',
  path: '/admin/api/setup',
  summary: 'What of the first steps is done: administrator, first server, first client, first call',
  access: 'read',
  answer: z.object({ is_done: z.boolean(), steps: z.array(step) }),
  handle: async ({ live, store }) => {
    const { users, servers } = live.current();
    const admin = [...users.values()].find(({ role }) => role === 'admin');
    // The page's own playground is no client that somebody connected.
    const [client, call] = await Promise.all([
      store.firstActivity({ notBy: PLAYGROUND }),
      store.firstActivity({ notBy: PLAYGROUND, method: 'tools/call' }),
    ]);
    const named = [...servers.keys()];
    const steps: z.input<typeof step>[] = [
      { id: 'admin', is_done: admin !== undefined, says: admin?.name ?? null, at: iso(admin?.createdAt) },
      { id: 'server', is_done: named.length > 0, says: inBrief(named), at: null },
      {
        id: 'client',
        is_done: client !== undefined,
        says: client
          ? `${client.clientName ?? client.userAgent ?? 'a client'} as ${client.userName ?? 'nobody'}`
          : null,
        at: iso(client?.at),
      },
      {
        id: 'call',
        is_done: call !== undefined,
        says: call ? `${call.target ?? 'a tool'}, ${Math.round(call.durationMs)} ms` : null,
        at: iso(call?.at),
      },
    ];
    return { is_done: steps.every(({ is_done }) => is_done), steps };
  },
});
