import { z } from 'zod';
import { findingsOf, markdownOf, type Report, sarifOf, type Verdict } from '../../../auditor/index.ts';
import { Fault } from '../../../base/index.ts';
import { operation, streamed } from '../../api/operation.ts';
import { byId } from '../fields.ts';
import { AUDITS, begin, findAudit, findReport, reportOf, tokenField, urlField } from './audits.ts';

const FORMATS = {
  json: { type: 'application/json', write: (report: Report) => JSON.stringify(report, null, 2) },
  sarif: {
    type: 'application/sarif+json',
    write: (report: Report, version: string) => JSON.stringify(sarifOf(report, version), null, 2),
  },
  markdown: { type: 'text/markdown; charset=utf-8', write: (report: Report) => markdownOf(report) },
} as const;
type Format = keyof typeof FORMATS;
const ENDINGS: Readonly<Record<Format, string>> = { json: 'json', sarif: 'sarif', markdown: 'md' };

const attached = (text: string, type: string, name: string) =>
  new Response(text, {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` },
  });

const status = ({ outcome }: Verdict) =>
  ({ passed: 'pass', found: 'fail', skipped: 'skip' })[outcome] as 'pass' | 'fail' | 'skip';

const severityOf = ({ outcome, severity }: Verdict) => {
  if (outcome === 'passed') return 'success';
  return outcome === 'found' && severity === 'critical' ? 'critical' : 'warning';
};

/** As version 1 reported: one line for each check, and a summary. */
const former = z.object({
  url: z.string(),
  summary: z.object({
    total: z.number(),
    passed: z.number(),
    failed: z.number(),
    warned: z.number(),
    skipped: z.number(),
    severity: z.enum(['critical', 'warning', 'success']),
  }),
  results: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['pass', 'fail', 'warn', 'skip']),
      severity: z.enum(['critical', 'warning', 'success']),
      message: z.string(),
    }),
  ),
});

const isMild = ({ severity }: Verdict) => severity === 'low' || severity === 'medium';

function asVersion1(report: Report): z.input<typeof former> {
  const { url, verdicts } = report;
  const results = verdicts.map(one => ({
    name: one.check,
    status: one.outcome === 'found' && isMild(one) ? ('warn' as const) : status(one),
    severity: severityOf(one) as 'critical' | 'warning' | 'success',
    message: [one.outcome === 'passed' ? `Not so: ${one.title}` : one.title, ...one.evidence].join('\n'),
  }));
  const count = (wanted: string) => results.filter(one => one.status === wanted).length;
  const worst = findingsOf(report)[0]?.severity;
  const severity = worst === undefined ? 'success' : worst === 'critical' ? 'critical' : 'warning';
  const counted = { passed: count('pass'), failed: count('fail'), warned: count('warn') };
  return {
    url,
    summary: { total: results.length, ...counted, skipped: count('skip'), severity },
    results,
  };
}

const asked1 = z.strictObject({ url: urlField, bearer_token: tokenField.nullish() });

/** Version 1 answered when everything was looked at. */
const atOnce = (name: 'run' | 'export', summary: string, version: string) =>
  operation({
    id: `mcp-audit.${name}`,
    method: 'post',
    path: `/admin/api/${name}-mcp-audit`,
    summary,
    access: 'change',
    body: asked1,
    answer: former.extend({ metadata: z.looseObject({}).optional() }),
    handle: async (kit, asked) => {
      const { url, bearer_token } = asked.body;
      const id = await begin(kit, asked, { url, token: bearer_token ?? undefined });
      await kit.audits.ended(id);
      const found = await findAudit(kit, id);
      const report = reportOf(found);
      if (!report)
        throw new Fault('conflict', { says: `It could not be looked at: ${found.reason ?? found.state}` });
      const has_token = bearer_token !== undefined && bearer_token !== null;
      const metadata = { tool: 'AuthMCP Gateway', version, tested_url: url.href, has_token };
      const timestamp = new Date(report.endedAt).toISOString();
      return {
        ...asVersion1(report),
        ...(name === 'export' && { metadata: { ...metadata, timestamp } }),
      };
    },
  });

/** What was found, as a file. */
export const reportOperations = (version: string) => [
  streamed({
    id: 'security-audits.report',
    method: 'get',
    path: `${AUDITS}/:id/report`,
    summary: 'The report of an audit as JSON, SARIF or Markdown',
    access: 'read',
    params: byId,
    query: z.strictObject({ format: z.enum(['json', 'sarif', 'markdown']).default('json') }),
    media: ['application/json', 'application/sarif+json', 'text/markdown'],
    handle: async (kit, { params, query }) => {
      const { type, write } = FORMATS[query.format];
      const text = write(await findReport(kit, params.id), version);
      return attached(text, type, `mcp-audit-${params.id.slice(0, 8)}.${ENDINGS[query.format]}`);
    },
  }),
  atOnce('run', 'Look at an MCP server as version 1 did: the answer comes at the end', version),
  atOnce('export', 'The same, with when, by what and of what', version),
];
