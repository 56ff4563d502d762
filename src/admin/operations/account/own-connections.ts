import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import { isPerPerson, type ServerEntry } from '../../../mcp/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation } from '../../api/operation.ts';
import { permittedServers } from '../../permitted.ts';
import {
  accountFields,
  link,
  refreshAccount,
  removeAccount,
  removed,
  showAccount,
} from '../connections/account.ts';

const PATH = '/account/api/connections';
const byServer = z.strictObject({ server: z.string() });
const ownConnection = z.object({ server: z.string(), ...accountFields });
const listed = ownConnection.extend({ title: z.string(), description: z.string().nullable() });

/** The servers of this person at which everybody has an account of their own. */
function askingServers({ live }: ApiKit, { actor }: Asker): readonly ServerEntry[] {
  return permittedServers(live.current(), actor.user.id).filter(entry => entry.enabled && isPerPerson(entry));
}

/** What is not permitted is not there. */
function findAsking(kit: ApiKit, asked: Asker, name: string): ServerEntry {
  const found = askingServers(kit, asked).find(entry => entry.name === name);
  if (!found) throw new Fault('not_found', { says: 'There is no such server' });
  return found;
}

const keyOf = ({ name: server }: ServerEntry, { actor }: Asker) => ({ server, userId: actor.user.id });

/** The accounts at servers of whoever is signed in. */
export const ownConnectionOperations = [
  operation({
    id: 'account.connections',
    method: 'get',
    path: PATH,
    summary: 'The servers that need an account of yours, and whether it is connected',
    access: 'own',
    answer: z.array(listed),
    handle: async (kit, asked) => {
      const views = await kit.connections.list(asked.actor.user.id);
      return askingServers(kit, asked).map(({ name, title, description }) => ({
        ...{ server: name, title, description: description ?? null },
        ...showAccount(views.find(view => view.server === name)),
      }));
    },
  }),
  operation({
    id: 'account.connect',
    method: 'post',
    path: `${PATH}/:server`,
    summary: 'The address of the page where you connect your account, for you alone and for ten minutes',
    access: 'own',
    params: byServer,
    answer: link,
    handle: async (kit, asked) => {
      const entry = findAsking(kit, asked, asked.params.server);
      return { url: kit.connectLinks.make(asked.actor.user.id, entry.name).url };
    },
  }),
  operation({
    id: 'account.disconnect',
    method: 'delete',
    path: `${PATH}/:server`,
    summary: 'Forget your account at a server, and give its tokens back',
    access: 'own',
    params: byServer,
    answer: removed,
    handle: async (kit, asked) => {
      const entry = findAsking(kit, asked, asked.params.server);
      return removeAccount(kit, asked, entry, keyOf(entry, asked));
    },
  }),
  operation({
    id: 'account.refresh-connection',
    method: 'post',
    path: `${PATH}/:server/refresh`,
    summary: 'Get new tokens for your account now',
    access: 'own',
    params: byServer,
    answer: ownConnection,
    handle: async (kit, asked) => {
      const entry = findAsking(kit, asked, asked.params.server);
      return refreshAccount(kit, asked, entry, keyOf(entry, asked));
    },
  }),
];
