export type { Caller, Credential } from './caller.ts';
