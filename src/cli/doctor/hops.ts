import type { Ask } from './asking.ts';
import { type ProblemName, problems } from './problems.ts';

/** The way of a client from an address to its first call, in order. */
export const HOPS = [
  'challenge',
  'resource',
  'server',
  'client',
  'authorize',
  'callback',
  'token',
  'call',
  'refresh',
  'clean-up',
] as const;
export type Hop = (typeof HOPS)[number];

export type Problem = {
  readonly name: ProblemName;
  /** What was seen, in the words of the other side. */
  readonly seen: string | undefined;
};

export type Mark = 'ok' | 'warn' | 'BROKEN' | 'skipped';

/** How one hop went. */
export type Line = {
  readonly hop: Hop;
  readonly mark: Mark;
  readonly facts: readonly string[];
  readonly problems: readonly Problem[];
};

/** A problem after which a hop has nothing to hand to the next one. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly problem: Problem;

  constructor(name: ProblemName, seen?: string) {
    super(name);
    this.problem = { name, seen };
  }
}

/** What a hop looks with, and writes down what it saw. */
export type Probe = {
  readonly ask: Ask;
  classOf(host: string): Promise<'public' | 'private' | 'never' | undefined>;
  fact(text: string): void;
  tell(name: ProblemName, seen?: string): void;
};

export function markOf(found: readonly Problem[]): Mark {
  const marks = found.map(({ name }) => problems[name].mark);
  return marks.includes('BROKEN') ? 'BROKEN' : marks.includes('warn') ? 'warn' : 'ok';
}
