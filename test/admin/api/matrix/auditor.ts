import { uuidv7 } from '../../../../src/base/index.ts';
import { type Cell, READ, type Row, statuses } from './cell.ts';

/** An audit that has ended, without a verdict. */
async function auditOf({ callers }: Cell): Promise<string> {
  const [id, url] = [uuidv7(Date.now()), 'http://127.0.0.1:9/mcp'];
  const report = { url, startedAt: 1, endedAt: 2, eras: [], withToken: false, requests: 0, verdicts: [] };
  const times = { startedAt: 1, endedAt: 2, startedBy: 'user:admin' };
  const rest = { state: 'done', reason: undefined, report: JSON.stringify(report) } as const;
  await callers.store.securityAudits.add({ id, url, ...times, ...rest });
  return id;
}

/** What an administrator or their key begins, and nobody else. */
const begun = (status: number) => statuses(401, 403, 403, status, 401, 403, status, 403);
const NOWHERE = { url: 'http://127.0.0.1:9/mcp' };

export const auditorRows: readonly Row[] = [
  { operation: 'security-audits.list', ask: () => ({}), own: READ },
  { operation: 'security-audits.start', ask: () => ({ body: NOWHERE }), own: begun(202) },
  {
    operation: 'security-audits.show',
    ask: async cell => ({ params: { id: await auditOf(cell) } }),
    own: READ,
  },
  {
    operation: 'security-audits.report',
    ask: async cell => ({ params: { id: await auditOf(cell) }, query: '?format=sarif' }),
    own: READ,
  },
  {
    operation: 'security-audits.compare',
    ask: async cell => ({ params: { id: await auditOf(cell) }, query: `?since=${await auditOf(cell)}` }),
    own: READ,
  },
  // It has ended: there is nothing to cancel.
  {
    operation: 'security-audits.cancel',
    ask: async cell => ({ params: { id: await auditOf(cell) } }),
    own: begun(409),
  },
  {
    operation: 'security-audits.remove',
    ask: async cell => ({ params: { id: await auditOf(cell) } }),
    own: begun(204),
  },
  // Nothing answers there.
  { operation: 'mcp-audit.run', ask: () => ({ body: NOWHERE }), own: begun(409) },
  { operation: 'mcp-audit.export', ask: () => ({ body: NOWHERE }), own: begun(409) },
];
