import { CHANGE, READ, type Row } from './cell.ts';

export const ledgerRows: readonly Row[] = [
  { operation: 'activity.list', ask: () => ({}), own: READ },
  { operation: 'activity.summary', ask: () => ({}), own: READ },
  { operation: 'detectors.try', ask: () => ({ body: { text: '../../etc/passwd' } }), own: READ },
  { operation: 'audit.list', ask: () => ({}), own: READ },
  { operation: 'security-events.list', ask: () => ({}), own: READ },
  { operation: 'figures.show', ask: () => ({}), own: READ },
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
  { operation: 'logs.clean-up', ask: () => ({ body: { days_to_keep: 30 } }), own: CHANGE },
  { operation: 'logs.clean-up-old', ask: () => ({ body: {} }), own: CHANGE },
  { operation: 'stats.show', ask: () => ({}), own: READ },
];
