import { PASSWORD } from '../support/callers.ts';
import { OWN, type Row, statuses } from './cell.ts';
import { consentOf, keyOf, sessionOf, viewOf } from './things.ts';

/** What another person has is not there for anybody here. */
const NOT_MINE = statuses(401, 404, 404, 404, 401, 403, 403, 403);
const OWN_DONE = statuses(401, 204, 204, 204, 401, 403, 403, 403);

export const accountRows: readonly Row[] = [
  { operation: 'account.me', ask: () => ({}), own: OWN },
  {
    operation: 'account.password-check',
    ask: () => ({ body: { password: PASSWORD } }),
    own: OWN,
  },
  {
    operation: 'account.password',
    ask: () => ({ body: { password: 'Heron-ladder-52' } }),
    own: OWN_DONE,
  },
  { operation: 'account.sessions', ask: () => ({}), own: OWN },
  { operation: 'account.end-sessions', ask: () => ({}), own: OWN },
  {
    operation: 'account.end-session',
    ask: async cell => ({ params: { id: await sessionOf(cell) } }),
    own: OWN,
    other: NOT_MINE,
  },
  { operation: 'account.profile', ask: () => ({}), own: OWN },
  { operation: 'account.edit-profile', ask: () => ({ body: { full_name: 'Me' } }), own: OWN },
  { operation: 'account.servers', ask: () => ({}), own: OWN },
  { operation: 'account.clients', ask: () => ({}), own: OWN },
  { operation: 'account.consents', ask: () => ({}), own: OWN },
  {
    operation: 'account.withdraw-consent',
    ask: async cell => ({ query: `?client_id=${await consentOf(cell)}` }),
    own: OWN,
    other: NOT_MINE,
  },
  { operation: 'account.keys', ask: () => ({}), own: OWN },
  { operation: 'account.playground-token', ask: () => ({}), own: OWN },
  {
    operation: 'account.create-key',
    ask: () => ({ body: { name: 'mine' } }),
    own: statuses(401, 201, 201, 201, 401, 403, 403, 403),
  },
  {
    operation: 'account.revoke-key',
    ask: async cell => ({ params: { id: await keyOf(cell) } }),
    own: OWN,
    other: NOT_MINE,
  },
  { operation: 'views.list', ask: () => ({}), own: OWN },
  {
    operation: 'views.keep',
    ask: ({ unique }) => ({ body: { name: unique, address: '/admin/activity?server=web' } }),
    own: statuses(401, 201, 201, 201, 401, 403, 403, 403),
  },
  {
    operation: 'views.rename',
    ask: async cell => ({ params: { id: await viewOf(cell) }, body: { name: `${cell.unique} again` } }),
    own: OWN_DONE,
    other: NOT_MINE,
  },
  {
    operation: 'views.remove',
    ask: async cell => ({ params: { id: await viewOf(cell) } }),
    own: OWN_DONE,
    other: NOT_MINE,
  },
];
