import type { Subject } from './subject.ts';

export const AREAS = [
  'transport',
  'authorization',
  'session',
  'protocol',
  'exposure',
  'definitions',
  'limits',
] as const;
export type Area = (typeof AREAS)[number];

/** From what must be mended now to what is good to know. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a check saw. `skipped` says what was missing to look. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'found'; readonly evidence: readonly string[] }
  | { readonly kind: 'skipped'; readonly why: string };

/** One thing that is wrong with some servers: its row in a table is all there is to add one. */
export type Check = {
  /** Stands in reports and comparisons; never changes. */
  readonly id: string;
  readonly area: Area;
  readonly severity: Severity;
  /** What is wrong, when it is. */
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /** Where it is written. */
  readonly reference: string;
  readonly look: (subject: Subject) => Promise<Outcome>;
};

export const PASSED: Outcome = { kind: 'passed' };

export const skipped = (why: string): Outcome => ({ kind: 'skipped', why });

/** Evidence is cut: a report is read by people, and holds no server's whole answer. */
export function found(...evidence: readonly string[]): Outcome {
  return { kind: 'found', evidence: evidence.slice(0, 10) };
}

/** `found` where there is evidence. */
export const foundIf = (evidence: readonly string[]): Outcome =>
  evidence.length > 0 ? found(...evidence) : PASSED;
