import { z } from 'zod';
import { findSecrets } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';
import { nameOf } from '../ledger/names.ts';
import { findServer } from './change-server.ts';
import { byId, SERVERS } from './servers.ts';

/** A program that prints its own credential does not print it here. */
function line(text: string): string {
  return findSecrets(text).length > 0 ? '(a line that looks like a secret)' : text;
}

/** What the program of a server wrote to its error output; of a server with a process for each person, each one's. */
export const logOperation = operation({
  id: 'servers.log',
  method: 'get',
  path: `${SERVERS}/:id/log`,
  summary:
    'The last 64 KB that the program of a server wrote to its error output, without what looks like a secret',
  access: 'read',
  params: byId,
  answer: z.object({
    server: z.string(),
    processes: z.array(z.object({ username: z.string().nullable(), lines: z.array(z.string()) })),
  }),
  handle: async (kit, { params }) => {
    const { name } = findServer(kit, params.id);
    const own = kit.upstreams.get(name);
    const ofPeople = kit.upstreams.ofPeople().filter(({ entry }) => entry.name === name);
    const processes = [...(own ? [own] : []), ...ofPeople].map(upstream => ({
      username: nameOf(kit, upstream.key.split(' ')[1]),
      lines: upstream.leg.stderr.split('\n').filter(Boolean).map(line),
    }));
    return { server: name, processes: processes.filter(({ lines }, at) => at === 0 || lines.length > 0) };
  },
});
