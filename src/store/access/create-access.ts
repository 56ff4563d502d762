import type { Db } from '../change.ts';
import { createLimits } from './limits.ts';
import { createMappings } from './mappings.ts';
import { createRules } from './rules.ts';
import { createSwitches } from './switches.ts';
import type { AccessStore } from './types.ts';

/** Who may use what and how much. */
export function createAccess(db: Db): AccessStore {
  return { ...createRules(db), ...createSwitches(db), ...createMappings(db), ...createLimits(db) };
}
