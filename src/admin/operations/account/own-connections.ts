import { z } from 'zod';
import { Fault, type ServerName } from '../../../base/index.ts';
import { isPerPerson, type ServerEntry } from '../../../mcp/index.ts';
import type { ConnectionView } from '../../../upstream/index.ts';
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
const listed = ownConnection.extend({
  title: z.string(),
  description: z.string().nullable(),
  /** Whether you may use the server; an account at one that you may not use waits, and can be removed. */
  permitted: z.boolean(),
});

/** The servers of this person at which everybody has an account of their own. */
function askingServers({ live }: ApiKit, { actor }: Asker): readonly ServerEntry[] {
  return permittedServers(live.current(), actor.user.id).filter(entry => entry.enabled && isPerPerson(entry));
}

const NOBODYS = { title: undefined, description: undefined };

/** Accounts of this person at servers that are not theirs to use, or are gone. */
function leftBehind({ live }: ApiKit, asking: readonly ServerEntry[], views: readonly ConnectionView[]) {
  const { servers } = live.current();
  return views
    .filter(({ server }) => !asking.some(({ name }) => name === server))
    .map(view => ({ view, ...(servers.get(view.server) ?? NOBODYS) }));
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
    summary:
      'The servers that need an account of yours, whether it is connected, and accounts that were left behind',
    access: 'own',
    answer: z.array(listed),
    handle: async (kit, asked) => {
      const views = await kit.connections.list(asked.actor.user.id);
      const asking = askingServers(kit, asked);
      const own = asking.map(({ name, title, description }) => ({
        ...{ server: name, title, description: description ?? null, permitted: true },
        ...showAccount(views.find(view => view.server === name)),
      }));
      const left = leftBehind(kit, asking, views).map(({ view, title, description }) => ({
        ...{ server: view.server, title: title ?? view.server, description: description ?? null },
        ...{ permitted: false, ...showAccount(view) },
      }));
      return [...own, ...left];
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
      return { url: kit.connectLinks.make(asked.actor.user.id, entry.name, '/account').url };
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
    // Whoever lost the right to a server keeps the right to take an account back from it.
    handle: (kit, asked) =>
      removeAccount(kit, asked, {
        server: asked.params.server as ServerName,
        userId: asked.actor.user.id,
      }),
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
