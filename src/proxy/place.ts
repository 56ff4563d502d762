import type { ServerName } from '../base/index.ts';
import { RESERVED_SERVER_NAMES, SERVER_NAME } from '../mcp/index.ts';

/** The endpoint that was called: `/mcp` for all servers, `/mcp/{server}` for one; `unknown` can be no server's. */
export type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'one'; readonly server: ServerName }
  | { readonly kind: 'unknown' };

const ALL: Place = { kind: 'all' };

/** The place of a canonical path, or undefined when it is no MCP path. */
export function placeOf(path: string): Place | undefined {
  if (path === '/mcp') return ALL;
  if (!path.startsWith('/mcp/')) return undefined;
  const name = path.slice(5);
  if (!SERVER_NAME.test(name) || RESERVED_SERVER_NAMES.includes(name)) return { kind: 'unknown' };
  return { kind: 'one', server: name as ServerName };
}

export function placeKey(place: Place): string {
  return place.kind === 'one' ? place.server : '*';
}
