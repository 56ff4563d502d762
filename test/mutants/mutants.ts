import type { Mutant } from './mutant.ts';
import { PATH_MUTANTS } from './path.ts';
import { PEOPLE_MUTANTS } from './people.ts';
import { WIRE_MUTANTS } from './wire.ts';

export const MUTANTS: readonly Mutant[] = [...PEOPLE_MUTANTS, ...WIRE_MUTANTS, ...PATH_MUTANTS];
