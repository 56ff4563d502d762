import type { ServerName } from '../base/index.ts';

/** Hosts of MCP Apps show only what begins so (extension `io.modelcontextprotocol/ui`). */
const APP = 'ui://';
const FORM = /^(ui:\/\/)?srv-([a-z0-9-]+)\+(.+)$/s;

/** A URI of a server under which no other server's can be meant: for one that another server owns already. */
export function serverUri(server: ServerName, uri: string): string {
  return uri.startsWith(APP) ? `${APP}srv-${server}+${uri.slice(APP.length)}` : `srv-${server}+${uri}`;
}

/** The server and its own URI; undefined for a URI that names no server. */
export function readServerUri(
  uri: string,
): { readonly server: ServerName; readonly original: string } | undefined {
  const [, app = '', server, rest = ''] = FORM.exec(uri) ?? [];
  return server === undefined ? undefined : { server: server as ServerName, original: app + rest };
}
