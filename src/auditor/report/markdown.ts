import { findingsOf, type Report, type Verdict } from '../audit.ts';

/** Text of a server as text: nothing in it is markup, a link or a line of its own. */
function inert(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')
    .replace(/[&<>]/g, letter => `&#${letter.charCodeAt(0)};`)
    .replace(/:\/\//g, ':\\//');
}

function section({ title, severity, check, evidence, why, fix, reference }: Verdict): string {
  return [
    `### ${severity}: ${title}`,
    '',
    why,
    '',
    ...evidence.map(one => `- ${inert(one)}`),
    '',
    `**Mend:** ${fix}`,
    '',
    `${reference} (\`${check}\`)`,
    '',
  ].join('\n');
}

/** For people: what was found, the worst first, then what was skipped and what is well. */
export function markdownOf(report: Report): string {
  const { url, verdicts, eras, server, startedAt, endedAt, requests, withToken } = report;
  const findings = findingsOf(report);
  const names = (outcome: Verdict['outcome']) => verdicts.filter(one => one.outcome === outcome);
  const speaks = eras.map(era => (era === 'modern' ? '2026-07-28' : '2025')).join(' and ') || 'nothing to us';
  return [
    '# MCP security audit',
    '',
    `${inert(url)}${server === undefined ? '' : `, ${inert(server)}`}; speaks ${speaks}; ${withToken ? 'with' : 'without'} a token.`,
    `${new Date(startedAt).toISOString()}, ${((endedAt - startedAt) / 1000).toFixed(1)} s, ${requests} requests.`,
    '',
    `**${findings.length} found**, ${names('passed').length} passed, ${names('skipped').length} skipped.`,
    '',
    ...(findings.length > 0 ? ['## Found', '', ...findings.map(section)] : []),
    '## Skipped',
    '',
    ...names('skipped').map(({ title, evidence }) => `- ${title}? ${inert(evidence[0] ?? '')}`),
    '',
    '## Passed',
    '',
    ...names('passed').map(({ title }) => `- not so: ${title}`),
    '',
  ].join('\n');
}
