import { findingsOf, type Report, type Severity, type Verdict } from '../../auditor/index.ts';
import { printable } from '../../base/index.ts';

const COLOURS: Readonly<Record<Severity, number>> = { critical: 31, high: 31, medium: 33, low: 36 };

const painted = (text: string, colour: number, isColoured: boolean) =>
  isColoured ? `\u001b[${colour}m${text}\u001b[0m` : text;

function finding({ severity, title, evidence, fix, check }: Verdict, isColoured: boolean): string {
  return [
    `${painted(severity.padEnd(9), COLOURS[severity], isColoured)}${title}  (${check})`,
    ...evidence.map(one => `         ${printable(one)}`),
    `         mend: ${fix}`,
  ].join('\n');
}

/** For a terminal: the worst first, then what could not be looked at. */
export function renderReport(report: Report, isColoured: boolean): string {
  const { url, verdicts, server, requests, startedAt, endedAt } = report;
  const findings = findingsOf(report);
  const skips = verdicts.filter(({ outcome }) => outcome === 'skipped');
  const passed = verdicts.length - findings.length - skips.length;
  const head = `${printable(url)}${server === undefined ? '' : ` (${printable(server)})`}`;
  return [
    `${head}: ${findings.length} found, ${passed} passed, ${skips.length} skipped; ${requests} requests in ${((endedAt - startedAt) / 1000).toFixed(1)} s`,
    ...findings.map(one => `\n${finding(one, isColoured)}`),
    ...(skips.length > 0 ? ['', 'Skipped:'] : []),
    ...skips.map(({ check, evidence }) => `  ${check}: ${printable(evidence[0] ?? '')}`),
  ].join('\n');
}
