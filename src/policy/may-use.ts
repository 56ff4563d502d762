import type { ServerName } from '../base/index.ts';
import type { Caller } from './caller.ts';

/** Whether the token's scopes cover this server: `mcp` covers all, `mcp:<server>` one. */
function covers(scopes: readonly string[], server: ServerName): boolean {
  return scopes.includes('mcp') || scopes.includes(`mcp:${server}`);
}

/**
 * May this caller use this server? The one decision: lists, calls, reads and subscriptions all ask it. Nobody may
 * anything that was not granted; administrators have all.
 */
export function mayUse(caller: Caller, server: ServerName): boolean {
  return (caller.grants === 'all' || caller.grants.has(server)) && covers(caller.scopes, server);
}
