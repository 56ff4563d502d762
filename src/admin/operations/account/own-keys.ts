import { z } from 'zod';
import { operation, wrong } from '../../api/operation.ts';
import { byId } from '../fields.ts';
import { createKeyFor, describeKey, key, keyDraft, newKey, revokeKey } from '../people/key.ts';
import { revoked } from '../people/keys.ts';

const PATH = '/account/api/keys';

/** The API keys of whoever is signed in. */
export const ownKeyOperations = [
  operation({
    id: 'account.keys',
    method: 'get',
    path: PATH,
    summary: 'Your API keys, never what they open',
    access: 'own',
    answer: z.array(key),
    handle: async (kit, { actor }) => {
      const all = await kit.store.listKeys();
      return all.filter(one => one.userId === actor.user.id).map(one => describeKey(kit, one));
    },
  }),
  operation({
    id: 'account.create-key',
    method: 'post',
    path: PATH,
    summary: 'Make an API key for MCP; it is shown this once',
    access: 'own-fresh',
    body: keyDraft,
    answer: newKey,
    status: 201,
    handle: async (kit, asked) => {
      const other = asked.body.scopes.findIndex(scope => scope !== 'mcp' && !scope.startsWith('mcp:'));
      if (other !== -1)
        throw wrong(`scopes.${other}`, 'is not for MCP: an administrator makes such keys in the dashboard');
      return createKeyFor(kit, asked, asked.actor.user, asked.body);
    },
  }),
  operation({
    id: 'account.revoke-key',
    method: 'delete',
    path: `${PATH}/:id`,
    summary: 'End one of your API keys, at once',
    access: 'own',
    params: byId,
    answer: revoked,
    handle: (kit, asked) => revokeKey(kit, asked, asked.params.id, one => one.userId === asked.actor.user.id),
  }),
];
