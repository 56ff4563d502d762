export {
  type Assignment,
  audit,
  checkIds,
  type Ended,
  findingsOf,
  type Progress,
  type Report,
  type Verdict,
} from './audit.ts';
export { Audits } from './audits.ts';
export { SEVERITIES, type Severity } from './check.ts';
export { type Comparison, compare } from './report/compare.ts';
export { markdownOf } from './report/markdown.ts';
export { sarifOf } from './report/sarif.ts';
