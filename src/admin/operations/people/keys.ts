import { z } from 'zod';
import { operation } from '../../api/operation.ts';
import { byId, limitField } from '../fields.ts';
import { createKeyFor, describeKey, key, keyDraft, newKey, revokeKey } from './key.ts';
import { findPerson } from './person.ts';

const PATH = '/admin/api/keys';
export const revoked = z.object({ id: z.string(), revoked: z.boolean() });

/** The API keys of everybody. */
export const keyOperations = [
  operation({
    id: 'keys.list',
    method: 'get',
    path: PATH,
    summary: 'API keys, never what they open; of one person with `user`',
    access: 'read',
    query: z.strictObject({ user: z.string().max(64).optional(), limit: limitField }),
    answer: z.array(key),
    handle: async (kit, { query }) => {
      const all = await kit.store.listKeys();
      const meant = all.filter(one => query.user === undefined || one.userId === query.user);
      return meant.slice(0, query.limit).map(one => describeKey(kit, one));
    },
  }),
  operation({
    id: 'keys.create',
    method: 'post',
    path: PATH,
    summary: 'Make an API key for a person, who gets no more by it than they have; it is shown this once',
    access: 'person',
    body: keyDraft.extend({ user: z.string() }),
    answer: newKey,
    status: 201,
    handle: async (kit, asked) => {
      const { user, ...draft } = asked.body;
      return createKeyFor(kit, asked, await findPerson(kit, user), draft);
    },
  }),
  operation({
    id: 'keys.revoke',
    method: 'delete',
    path: `${PATH}/:id`,
    summary: 'End an API key, at once',
    access: 'person',
    params: byId,
    answer: revoked,
    handle: (kit, asked) => revokeKey(kit, asked, asked.params.id, () => true),
  }),
];
