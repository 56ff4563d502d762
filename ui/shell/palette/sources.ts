import { useMemo } from 'react';
import { useRead } from '../../api/use.ts';
import { FIXED } from './fixed.ts';
import { type Found, find, wordsOf } from './found.ts';

/** Lists of the gateway are read when something is looked for; tools, of which there are thousands, are searched there. */
const LEAST = 2;
const NOTHING: readonly Found[] = [];

function useList<T>(data: readonly T[] | undefined, toFound: (one: T) => Found): readonly Found[] {
  // What one becomes hangs on nothing but itself.
  return useMemo(() => data?.map(toFound) ?? NOTHING, [data]);
}

function useTools(q: string): readonly Found[] {
  // The gateway looks for one text; the other words are looked for in what it found.
  const longest = [...wordsOf(q)].sort((a, b) => b.length - a.length)[0] ?? '';
  const { data } = useRead('tools.search', { query: { q: longest } }, { isOff: longest.length < LEAST });
  return useList(data, ({ exposed, name, server }) =>
    find('Tool', {
      ...{ id: `${server} ${name}`, title: exposed, more: `${name} of ${server}` },
      to: [`/admin/servers/${server}`, { tab: 'offers', open: name }],
    }),
  );
}

/** Everything that has a name here, each kind for itself. */
export function useSources(typed: string, onKeys: () => void): readonly (readonly Found[])[] {
  const q = typed.trim().slice(0, 200);
  const isOff = q.length < LEAST;
  const servers = useList(useRead('servers.list', {}).data, ({ name, title }) =>
    find('Server', { title: name, more: title, to: [`/admin/servers/${name}`] }),
  );
  const people = useList(useRead('users.list', { query: {} }).data, ({ id, username, full_name, email }) =>
    find('Person', { id, title: username, more: full_name ?? email, to: [`/admin/people/${id}`] }),
  );
  const groups = useList(useRead('groups.list', {}, { isOff }).data, ({ id, name, description }) =>
    find('Group', {
      id,
      title: name,
      more: description,
      to: ['/admin/people', { tab: 'groups', group: id }],
    }),
  );
  const clients = useList(
    useRead('oauth-clients.list', {}, { isOff }).data,
    ({ client_id: id, client_name }) =>
      find('Client', { id, title: client_name ?? id, more: id, to: ['/admin/clients', { open: id }] }),
  );
  const keys = useList(useRead('keys.list', { query: {} }, { isOff }).data, ({ id, name, hint, user }) =>
    find('Key', {
      ...{ id, title: name, more: `${hint} of ${user.username}` },
      to: ['/admin/clients', { tab: 'keys', q: hint }],
    }),
  );
  const settings = useList(useRead('settings.list', {}, { isOff }).data?.settings, ({ key, about }) =>
    find('Setting', { title: key, more: about, to: ['/admin/settings', { q: key }] }),
  );
  const views = useList(useRead('views.list', {}).data, ({ id, name, address }) =>
    find('View', { id, title: name, more: address, to: address }),
  );
  const tools = useTools(q);
  return useMemo(
    () => [
      ...[FIXED, [find('Action', { title: 'Keys', more: 'keyboard shortcuts', to: onKeys })]],
      ...[views, servers, people, groups, tools, clients, keys, settings],
    ],
    [views, servers, people, groups, tools, clients, keys, settings, onKeys],
  );
}
