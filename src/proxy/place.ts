import type { ServerName } from '../base/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { RESERVED_SERVER_NAMES, SERVER_NAME, type ServerEntry } from '../mcp/index.ts';

/** The endpoint that was called: `/mcp` for all servers, `/mcp/{server}` for one; `unknown` can be no server's. */
export type Place =
  | { readonly kind: 'all' }
  /** `asked`: the name in the address, where that is another spelling. */
  | { readonly kind: 'one'; readonly server: ServerName; readonly asked?: ServerName }
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

/** The place of a server that was called by the spelling of version 1. */
export function spelt(place: Place, spellings: ReadonlyMap<string, ServerName>): Place {
  const server = place.kind === 'one' ? spellings.get(place.server) : undefined;
  return place.kind === 'one' && server ? { kind: 'one', server, asked: place.server } : place;
}

/** A server's URI as it is known at this place. */
export function exposedUri(uri: string, place: Place, entry: ServerEntry, { names }: Catalogue): string {
  return place.kind === 'all' ? (names.exposed(entry, 'resource', uri) ?? uri) : uri;
}

export function placeKey(place: Place): string {
  return place.kind === 'one' ? place.server : '*';
}
