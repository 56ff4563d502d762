import type { ServerName } from '../../../../src/base/index.ts';
import { Secret } from '../../../../src/base/index.ts';
import { type Cell, CHANGE, OWN, READ, type Row, statuses } from './cell.ts';

const SERVERS = '/admin/api/mcp-servers';

/** A server with OAuth, which whoever it is about may use. */
async function serverOf({ callers, unique, whose }: Cell, per: 'user' | 'gateway' = 'user') {
  const url = 'http://127.0.0.1:9/mcp';
  const made = await callers.ask('admin', `POST ${SERVERS}`, { name: unique, url, auth: { oauth: { per } } });
  const server = String(made.body.id) as ServerName;
  await callers.store.addGrant({ userId: whose.id, server });
  await callers.refresh();
  return server;
}

/** The same with an account of theirs, of when the server was another one. */
async function accountOf(cell: Cell) {
  const server = await serverOf(cell);
  await cell.callers.store.connections.putConnection({
    ...{ server, userId: cell.whose.id, binding: 'former', state: 'connected', issuer: 'https://as.example' },
    ...{ scopes: [], payload: new Secret('{}'), expiresAt: undefined, isRefreshable: true },
    ...{ createdAt: 1, refreshedAt: undefined },
  });
  return server;
}

/** An administrator reaches every server, and another's account is not among their own. */
const NOT_THERE = statuses(401, 404, 404, 404, 401, 403, 403, 403);
const NOT_PERMITTED = statuses(401, 404, 404, 200, 401, 403, 403, 403);
const NOT_CONNECTED = statuses(401, 409, 409, 409, 401, 403, 403, 403);
const NOT_PERMITTED_OR_CONNECTED = statuses(401, 404, 404, 409, 401, 403, 403, 403);
const CHANGED_NOTHING = statuses(401, 403, 403, 409, 401, 403, 409, 403);

export const connectionRows: readonly Row[] = [
  { operation: 'account.connections', ask: () => ({}), own: OWN },
  {
    operation: 'account.connect',
    ask: async cell => ({ params: { server: await serverOf(cell) } }),
    own: OWN,
    other: NOT_PERMITTED,
  },
  {
    operation: 'account.disconnect',
    ask: async cell => ({ params: { server: await accountOf(cell) } }),
    own: OWN,
    other: NOT_THERE,
  },
  {
    operation: 'account.refresh-connection',
    ask: async cell => ({ params: { server: await accountOf(cell) } }),
    own: NOT_CONNECTED,
    other: NOT_PERMITTED_OR_CONNECTED,
  },
  { operation: 'servers.token-statuses', ask: () => ({}), own: READ },
  { operation: 'servers.token-audit-logs', ask: () => ({}), own: READ },
  {
    operation: 'servers.token-status',
    ask: async cell => ({ params: { id: await serverOf(cell) } }),
    own: READ,
  },
  {
    operation: 'servers.refresh-token',
    ask: async cell => ({ params: { id: await serverOf(cell, 'gateway') } }),
    own: CHANGED_NOTHING,
  },
  {
    operation: 'servers.connect',
    ask: async cell => ({ params: { id: await serverOf(cell, 'gateway') } }),
    own: CHANGE,
  },
  {
    operation: 'servers.connections',
    ask: async cell => ({ params: { id: await accountOf(cell) } }),
    own: READ,
  },
  {
    operation: 'servers.remove-connection',
    ask: async cell => ({ params: { id: await accountOf(cell), user: cell.whose.id } }),
    own: CHANGE,
    other: CHANGE,
  },
];
