import { z } from 'zod';
import {
  type Assignment,
  checkIds,
  compare,
  findingsOf,
  type Report,
  SEVERITIES,
} from '../../../auditor/index.ts';
import { Fault, Secret } from '../../../base/index.ts';
import type { SecurityAudit } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import { byId, isoTime, limitField } from '../fields.ts';

export const AUDITS = '/admin/api/security-audits';

export const tokenField = z
  .string()
  .min(1)
  .max(8192)
  .regex(/^[\x21-\x7e]+$/, 'is no token')
  .transform(text => new Secret(text));

export const urlField = z
  .string()
  .max(2048)
  .transform((text, context): URL => {
    const url = URL.parse(text);
    if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') return url;
    context.addIssue({ code: 'custom', message: 'is no address of http or https' });
    return z.NEVER;
  });

const assignment = z.strictObject({
  url: urlField,
  /** One that the server should take, and one of another person; kept in memory until the end. */
  token: tokenField.nullish(),
  other_token: tokenField.nullish(),
  /** Also tools that do not say that they only read. */
  call_tools: z.boolean().default(false),
  burst: z.int().min(1).max(5000).default(600),
  without: z.array(z.enum(checkIds as [string, ...string[]])).default([]),
});

const verdict = z.object({
  check: z.string(),
  area: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  outcome: z.enum(['passed', 'found', 'skipped']),
  evidence: z.array(z.string()),
  why: z.string(),
  fix: z.string(),
  reference: z.string(),
});

const run = z.object({
  id: z.string(),
  url: z.string(),
  started_by: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  state: z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']),
  reason: z.string().nullable(),
  progress: z.object({ done: z.number(), of: z.number(), check: z.string() }).nullable(),
  /** How many were found, by severity; null until it is done. */
  found: z.record(z.enum(SEVERITIES), z.number()).nullable(),
});
const whole = run.extend({ verdicts: z.array(verdict).nullable() });

export function reportOf({ report }: SecurityAudit): Report | undefined {
  return report === undefined ? undefined : JSON.parse(report);
}

function describe({ audits }: ApiKit, one: SecurityAudit): z.input<typeof run> {
  const report = reportOf(one);
  const of = (severity: string) => findingsOf(report as Report).filter(each => each.severity === severity);
  const { done, of: all, check } = audits.progress(one.id) ?? {};
  return {
    id: one.id,
    url: one.url,
    started_by: one.startedBy,
    started_at: isoTime(one.startedAt),
    ended_at: isoTime(one.endedAt),
    state: one.state,
    reason: one.reason ?? null,
    progress:
      done === undefined || all === undefined || check === undefined ? null : { done, of: all, check },
    found: report
      ? (Object.fromEntries(SEVERITIES.map(each => [each, of(each).length])) as Record<
          (typeof SEVERITIES)[number],
          number
        >)
      : null,
  };
}

export async function findAudit({ store }: ApiKit, id: string): Promise<SecurityAudit> {
  const found = await store.securityAudits.byId(id);
  if (!found) throw new Fault('not_found', { says: 'There is no such audit' });
  return found;
}

export async function findReport(kit: ApiKit, id: string): Promise<Report> {
  const report = reportOf(await findAudit(kit, id));
  if (!report) throw new Fault('conflict', { says: 'It is not done: there is no report' });
  return report;
}

/** Begins an audit, and says so in the log, without its credentials. */
export async function begin(kit: ApiKit, asked: Asker, given: Assignment): Promise<string> {
  const id = await kit.audits.start(given, asked.actor.name);
  const after = { id, with_token: given.token !== undefined, call_tools: given.mayCall ?? false };
  await audit(kit, asked, { action: 'security-audit.start', target: given.url.href, after });
  return id;
}

const change = z.object({ check: z.string(), severity: z.enum(SEVERITIES), title: z.string() });

/** The security auditor, in the background. */
export const auditOperations = [
  operation({
    id: 'security-audits.list',
    method: 'get',
    path: AUDITS,
    summary: 'Audits of MCP servers, the latest first',
    access: 'read',
    query: z.strictObject({ limit: limitField }),
    answer: z.array(run),
    handle: async (kit, { query }) => {
      const all = await kit.store.securityAudits.list(query.limit ?? 100);
      return all.map(one => describe(kit, one));
    },
  }),
  operation({
    id: 'security-audits.start',
    method: 'post',
    path: AUDITS,
    summary: 'Begin to look at an MCP server for what is wrong with its security',
    access: 'change',
    body: assignment,
    answer: run,
    status: 202,
    handle: async (kit, asked) => {
      const { url, token, other_token, call_tools, burst, without } = asked.body;
      const given = { url, token: token ?? undefined, otherToken: other_token ?? undefined };
      const id = await begin(kit, asked, { ...given, mayCall: call_tools, burst, without });
      return describe(kit, await findAudit(kit, id));
    },
  }),
  operation({
    id: 'security-audits.show',
    method: 'get',
    path: `${AUDITS}/:id`,
    summary: 'One audit: how far it is, and what was found',
    access: 'read',
    params: byId,
    answer: whole,
    handle: async (kit, { params }) => {
      const found = await findAudit(kit, params.id);
      const verdicts = reportOf(found)?.verdicts;
      return {
        ...describe(kit, found),
        verdicts: verdicts ? verdicts.map(one => ({ ...one, evidence: [...one.evidence] })) : null,
      };
    },
  }),
  operation({
    id: 'security-audits.cancel',
    method: 'post',
    path: `${AUDITS}/:id/cancel`,
    summary: 'End an audit that runs',
    access: 'change',
    params: byId,
    answer: run,
    handle: async (kit, asked) => {
      const { url } = await findAudit(kit, asked.params.id);
      if (!(await kit.audits.cancel(asked.params.id)))
        throw new Fault('conflict', { says: 'It does not run any more' });
      await audit(kit, asked, { action: 'security-audit.cancel', target: url });
      return describe(kit, await findAudit(kit, asked.params.id));
    },
  }),
  operation({
    id: 'security-audits.compare',
    method: 'get',
    path: `${AUDITS}/:id/changes`,
    summary: 'What appeared, what is gone and what stayed since an earlier audit',
    access: 'read',
    params: byId,
    query: z.strictObject({ since: z.string().max(64) }),
    answer: z.object({ appeared: z.array(change), gone: z.array(change), stayed: z.array(change) }),
    handle: async (kit, { params, query }) => {
      const [before, after] = [await findReport(kit, query.since), await findReport(kit, params.id)];
      if (before.url !== after.url) throw wrong('since', 'is an audit of another server');
      const { appeared, gone, stayed } = compare(before, after);
      return { appeared: [...appeared], gone: [...gone], stayed: [...stayed] };
    },
  }),
  operation({
    id: 'security-audits.remove',
    method: 'delete',
    path: `${AUDITS}/:id`,
    summary: 'Remove an audit that has ended',
    access: 'change',
    params: byId,
    handle: async (kit, asked) => {
      const { state, url } = await findAudit(kit, asked.params.id);
      if (state === 'running') throw new Fault('conflict', { says: 'It runs: cancel it first' });
      await kit.store.securityAudits.remove(asked.params.id);
      await audit(kit, asked, { action: 'security-audit.remove', target: url });
    },
  }),
];
