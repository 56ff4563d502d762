import { CHANGE, READ, type Row, statuses } from './cell.ts';

/** One that no other row names. */
const addressOf = (unique: string) => {
  const at = Number(unique.slice(1));
  return `198.51.${at >> 8}.${at & 255}`;
};

export const ledgerRows: readonly Row[] = [
  { operation: 'activity.list', ask: () => ({}), own: READ },
  { operation: 'activity.summary', ask: () => ({}), own: READ },
  { operation: 'detectors.try', ask: () => ({ body: { text: '../../etc/passwd' } }), own: READ },
  { operation: 'audit.list', ask: () => ({}), own: READ },
  { operation: 'security-events.list', ask: () => ({}), own: READ },
  { operation: 'blocked-addresses.list', ask: () => ({}), own: READ },
  {
    operation: 'blocked-addresses.block',
    ask: ({ unique }) => ({ body: { address: addressOf(unique) } }),
    own: CHANGE,
  },
  {
    operation: 'blocked-addresses.unblock',
    ask: async ({ callers, unique }) => {
      const address = addressOf(unique);
      const at = Date.now();
      const rest = { network: address, blockedAt: at, blockedBy: 'test', endsAt: at + 60_000 };
      await callers.store.blockedAddresses.block({ address, ...rest });
      return { params: { address } };
    },
    own: statuses(401, 403, 403, 204, 401, 403, 204, 403),
  },
  { operation: 'figures.show', ask: () => ({}), own: READ },
  { operation: 'figures.marks', ask: () => ({}), own: READ },
  { operation: 'figures.series', ask: () => ({}), own: READ },
  { operation: 'mcp-requests.list', ask: () => ({}), own: READ },
  { operation: 'mcp-stats.show', ask: () => ({}), own: READ },
  { operation: 'activity.live', ask: () => ({}), own: READ },
  { operation: 'activity.export', ask: () => ({ query: '?format=csv' }), own: READ },
  { operation: 'security-events.export', ask: () => ({ query: '?format=jsonl' }), own: READ },
  { operation: 'audit.export', ask: () => ({ query: '?format=csv' }), own: READ },
  { operation: 'auth-log.list', ask: () => ({}), own: READ },
  { operation: 'auth-log.export', ask: () => ({ query: '?format=csv' }), own: READ },
  { operation: 'logs.list', ask: () => ({}), own: READ },
  { operation: 'mcp-auth-events.list', ask: () => ({}), own: READ },
  { operation: 'retention.show', ask: () => ({}), own: READ },
  { operation: 'logs.clean-up', ask: () => ({ body: { days_to_keep: 30 } }), own: CHANGE },
  { operation: 'logs.clean-up-old', ask: () => ({ body: {} }), own: CHANGE },
  { operation: 'stats.show', ask: () => ({}), own: READ },
];
