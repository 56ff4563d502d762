import { discoveryProblems } from './discovery-problems.ts';
import { flowProblems } from './flow-problems.ts';
import { transportProblems } from './transport-problems.ts';

/** Everything that may be wrong at a hop. */
export const problems = { ...transportProblems, ...discoveryProblems, ...flowProblems } as const;

export type ProblemName = keyof typeof problems;
