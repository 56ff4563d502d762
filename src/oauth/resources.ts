import { asAsked } from '../auth/index.ts';
import type { ServerName } from '../base/index.ts';
import { SERVER_NAME } from '../mcp/index.ts';

/** A resource of this gateway: `audience` is the one spelling that tokens carry (RFC 8707). */
export type Resource = { readonly audience: string; readonly server: ServerName | undefined };

/** `/sse` is the same endpoint for older clients; the bare origin is what version 1 called its resource. */
const PATH = /^(?:\/(?:mcp|sse)(?:\/([^/]+))?)?\/?$/;

const NONE: ReadonlyMap<string, ServerName> = new Map();

export function resourceOf(origin: string, server: ServerName | undefined): Resource {
  return { audience: server === undefined ? `${origin}/mcp` : `${origin}/mcp/${server}`, server };
}

/**
 * The resource that a client named, however it spelt the host's case, a slash at the end, or this machine's name.
 * Undefined when it is none of this gateway. Whether a server of that name exists is not said to strangers.
 */
export function readResource(
  origin: string,
  text: string,
  spellings: ReadonlyMap<string, ServerName> = NONE,
): Resource | undefined {
  const url = URL.parse(text);
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return undefined;
  const asHere = url.protocol === 'http:' ? asAsked(origin, url.host) : origin;
  if (url.origin !== asHere) return undefined;
  const found = PATH.exec(url.pathname);
  if (!found) return undefined;
  const [, server] = found;
  if (server !== undefined && !SERVER_NAME.test(server)) return undefined;
  return resourceOf(origin, spellings.get(server ?? '') ?? (server as ServerName | undefined));
}
