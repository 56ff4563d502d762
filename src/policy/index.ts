export type { Caller, Credential } from './caller.ts';
export { mayUse } from './may-use.ts';
