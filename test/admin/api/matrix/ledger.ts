import { READ, type Row } from './cell.ts';

export const ledgerRows: readonly Row[] = [
  { operation: 'activity.list', ask: () => ({}), own: READ },
  { operation: 'audit.list', ask: () => ({}), own: READ },
  { operation: 'security-events.list', ask: () => ({}), own: READ },
  { operation: 'figures.show', ask: () => ({}), own: READ },
  { operation: 'figures.series', ask: () => ({}), own: READ },
  { operation: 'mcp-requests.list', ask: () => ({}), own: READ },
  { operation: 'mcp-stats.show', ask: () => ({}), own: READ },
];
