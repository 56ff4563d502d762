import type { Report, Verdict } from '../audit.ts';

export type Comparison = {
  readonly appeared: readonly Verdict[];
  readonly gone: readonly Verdict[];
  readonly stayed: readonly Verdict[];
};

/** What changed from one report to a later one. What the later one skipped is not gone: it was not looked at. */
export function compare(before: Report, after: Report): Comparison {
  const outcomeOf = (report: Report, check: string) =>
    report.verdicts.find(one => one.check === check)?.outcome;
  const found = (report: Report) => report.verdicts.filter(({ outcome }) => outcome === 'found');
  return {
    appeared: found(after).filter(({ check }) => outcomeOf(before, check) !== 'found'),
    gone: found(before).filter(({ check }) => outcomeOf(after, check) === 'passed'),
    stayed: found(after).filter(({ check }) => outcomeOf(before, check) === 'found'),
  };
}
