import { CHANGE, CREATE, PERSON, READ, type Row, statuses } from './cell.ts';
import { consentOf, groupOf, inviteOf, keyOf, sessionOf } from './things.ts';

const about = ({ whose }: { readonly whose: { readonly id: string } }) => ({ params: { id: whose.id } });

/** What no key does, where something is made. */
const PERSON_CREATE = statuses(401, 403, 403, 201, 401, 403, 403, 403);

/** Removing oneself, shutting oneself out, or into a group, is for administrators alone, and what no key may: they decide over an administrator. */
const OVER_ONESELF = statuses(401, 403, 403, 200, 401, 403, 403, 403);

export const peopleRows: readonly Row[] = [
  { operation: 'users.list', ask: () => ({}), own: READ },
  { operation: 'users.get', ask: about, own: READ, other: READ },
  {
    operation: 'users.create',
    ask: ({ unique }) => ({ body: { username: `${unique}-made` } }),
    own: CREATE,
  },
  {
    operation: 'users.update',
    ask: cell => ({ ...about(cell), body: { full_name: 'Another' } }),
    own: OVER_ONESELF,
    other: CHANGE,
  },
  { operation: 'users.remove', ask: about, own: OVER_ONESELF, other: CHANGE },
  {
    operation: 'users.role',
    ask: cell => ({ ...about(cell), body: { role: 'auditor' } }),
    own: PERSON,
    other: PERSON,
  },
  { operation: 'users.superuser', ask: about, own: PERSON, other: PERSON },
  {
    operation: 'users.status',
    ask: cell => ({ ...about(cell), body: { is_active: false } }),
    own: OVER_ONESELF,
    other: CHANGE,
  },
  {
    operation: 'users.password',
    ask: cell => ({ ...about(cell), body: { password: 'Heron-ladder-52' } }),
    own: statuses(401, 403, 403, 400, 401, 403, 403, 403),
    other: statuses(401, 403, 403, 204, 401, 403, 403, 403),
  },
  { operation: 'users.sessions', ask: about, own: READ, other: READ },
  { operation: 'users.end-sessions', ask: about, own: OVER_ONESELF, other: CHANGE },
  {
    operation: 'users.end-session',
    ask: async cell => ({ params: { id: cell.whose.id, session: await sessionOf(cell) } }),
    own: OVER_ONESELF,
    other: CHANGE,
  },
  { operation: 'presence.list', ask: () => ({}), own: READ },
  { operation: 'users.holdings', ask: about, own: READ, other: READ },
  { operation: 'users.revoke', ask: cell => ({ ...about(cell), body: {} }), own: PERSON, other: PERSON },
  { operation: 'consents.list', ask: () => ({}), own: READ },
  {
    operation: 'consents.withdraw',
    ask: async cell => ({ query: `?user=${cell.whose.id}&client_id=${await consentOf(cell)}` }),
    own: OVER_ONESELF,
    other: CHANGE,
  },
  { operation: 'keys.list', ask: () => ({}), own: READ },
  {
    operation: 'keys.create',
    ask: ({ whose }) => ({ body: { user: whose.id, name: 'made' } }),
    own: PERSON_CREATE,
    other: PERSON_CREATE,
  },
  {
    operation: 'keys.revoke',
    ask: async cell => ({ params: { id: await keyOf(cell) } }),
    own: PERSON,
    other: PERSON,
  },
  { operation: 'invites.list', ask: () => ({}), own: READ },
  { operation: 'invites.create', ask: () => ({ body: { role: 'user' } }), own: CREATE },
  { operation: 'invites.remove', ask: async cell => ({ params: { id: await inviteOf(cell) } }), own: CHANGE },
  {
    operation: 'users.reset-link',
    ask: about,
    own: PERSON_CREATE,
    other: PERSON_CREATE,
  },
  { operation: 'groups.list', ask: () => ({}), own: READ },
  { operation: 'groups.get', ask: async cell => ({ params: { id: await groupOf(cell) } }), own: READ },
  { operation: 'groups.create', ask: ({ unique }) => ({ body: { name: unique } }), own: CREATE },
  {
    operation: 'groups.update',
    ask: async cell => ({ params: { id: await groupOf(cell) }, body: { description: 'x' } }),
    own: CHANGE,
  },
  { operation: 'groups.remove', ask: async cell => ({ params: { id: await groupOf(cell) } }), own: CHANGE },
  {
    operation: 'groups.add-member',
    ask: async cell => ({ params: { id: await groupOf(cell), user: cell.whose.id } }),
    own: OVER_ONESELF,
    other: CHANGE,
  },
  {
    operation: 'groups.remove-member',
    ask: async cell => ({ params: { id: await groupOf(cell, [cell.whose]), user: cell.whose.id } }),
    own: OVER_ONESELF,
    other: CHANGE,
  },
];
