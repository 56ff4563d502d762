import type { ServerName } from '../base/index.ts';

/** Covers every server. */
const ALL = 'mcp';
const ONE = `${ALL}:`;

/** The scope that covers this server and no other; without one, that of all. */
export function scopeOf(server?: string): string {
  return server === undefined ? ALL : ONE + server;
}

/** Whether the scope says anything about MCP. */
export function isMcpScope(scope: string): boolean {
  return scope === ALL || (scope.startsWith(ONE) && scope !== ONE);
}

/** Whether the token's scopes cover this server: `mcp` covers all, `mcp:<server>` one. */
export function covers(scopes: readonly string[], server: ServerName): boolean {
  return scopes.includes(ALL) || scopes.includes(scopeOf(server));
}

/** The same with nothing left out: what the person could do with a token of every scope. */
export function withEveryScope<T extends { readonly scopes: readonly string[] }>(caller: T): T {
  return { ...caller, scopes: [ALL] };
}
