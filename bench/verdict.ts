import { printTable } from './measure.ts';

/** One figure against its bar. */
export type Verdict = {
  readonly what: string;
  readonly value: string;
  readonly bar: string;
  readonly isMet: boolean;
};

export function printVerdicts(verdicts: readonly Verdict[]): void {
  console.log('');
  printTable(
    ['figure', 'measured', 'bar', ''],
    verdicts.map(({ what, value, bar, isMet }) => [what, value, bar, isMet ? 'met' : 'MISSED']),
  );
}
