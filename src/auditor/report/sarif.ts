import { findingsOf, type Report } from '../audit.ts';
import type { Severity } from '../check.ts';

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
/** As code scanning ranks them. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
};

/** SARIF 2.1.0: every check a rule, every finding a result. */
export function sarifOf(report: Report, version: string): object {
  const { verdicts, url } = report;
  const rules = verdicts.map(({ check, title, why, fix, severity, reference }) => ({
    id: check,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${fix}\n\n${reference}` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { 'security-severity': SCORES[severity] },
  }));
  const results = findingsOf(report).map(({ check, title, evidence, severity }) => ({
    ruleId: check,
    ruleIndex: rules.findIndex(({ id }) => id === check),
    level: LEVELS[severity],
    message: { text: [title, ...evidence].join('\n') },
    locations: [{ physicalLocation: { artifactLocation: { uri: url } } }],
    partialFingerprints: { check },
  }));
  const driver = { name: 'AuthMCP Gateway', semanticVersion: version, rules };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
}
