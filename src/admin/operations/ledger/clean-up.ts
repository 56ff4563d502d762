import { z } from 'zod';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation } from '../../api/operation.ts';

const DAYS = 30;
const days = z.int().min(1).max(3650);

async function cleanUp(kit: ApiKit, asked: Asker, daysToKeep: number) {
  const pruned = await kit.retention.run(daysToKeep);
  const { activity, events, sign_ins } = pruned;
  const after = { days_to_keep: daysToKeep, removed: { activity, events, sign_ins } };
  await audit(kit, asked, { action: 'ledger.clean-up', target: 'ledger', after });
  return pruned;
}

/** Older entries go before their time. The log of changes stays, and says who did that. */
export const cleanUpOperations = [
  operation({
    id: 'logs.clean-up',
    method: 'post',
    path: '/admin/api/cleanup-logs',
    summary: 'Remove requests, security events and the log of authentication that are older than some days',
    access: 'rule',
    body: z.strictObject({ days_to_keep: days.optional() }),
    answer: z.object({
      security_events: z.number(),
      mcp_requests: z.number(),
      auth_audit_log: z.number(),
      total: z.number(),
    }),
    handle: async (kit, asked) => {
      const { activity, events, sign_ins } = await cleanUp(kit, asked, asked.body.days_to_keep ?? DAYS);
      return {
        ...{ security_events: events, mcp_requests: activity, auth_audit_log: sign_ins },
        total: activity + events + sign_ins,
      };
    },
  }),
  operation({
    id: 'logs.clean-up-old',
    method: 'post',
    path: '/admin/api/logs/cleanup',
    summary: 'The same with thirty days, as version 1 had it for its log of authentication',
    access: 'rule',
    body: z.strictObject({}),
    answer: z.object({ success: z.boolean(), deleted: z.number() }),
    handle: async (kit, asked) => {
      const { sign_ins } = await cleanUp(kit, asked, DAYS);
      return { success: true, deleted: sign_ins };
    },
  }),
];
