export type { Caller, Credential, Identity, Role } from './caller.ts';
export { patternProblem } from './glob.ts';
export { type Explained, explain, lacksScope, mayUse, permits } from './may-use.ts';
export { Policy, type PolicyOf } from './policy.ts';
export { type Because, offBy, type Rights, type Verdict } from './rights.ts';
export type { Item, Rule, Subject, ToolSwitches } from './rule.ts';
export { isMcpScope, scopeOf, withEveryScope } from './scopes.ts';
export { isWithin, TIERS, type Tier, tierOf } from './tier.ts';
export { uriPatternProblem } from './uri.ts';
