import type { ServerName } from '../base/index.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const;

/** The spellings of one origin: three for http on loopback, else the origin alone. */
function spellingsOf(origin: string): readonly string[] {
  const url = new URL(origin);
  if (url.protocol !== 'http:' || !LOOPBACK.some(host => host === url.hostname)) return [origin];
  const port = url.port === '' ? '' : `:${url.port}`;
  return LOOPBACK.map(host => `http://${host}${port}`);
}

/** The spelling of `origin` that a Host header names; any other Host gives `origin`, never itself. */
export function asAsked(origin: string, host: string | undefined): string {
  const asked = `http://${host?.toLowerCase()}`;
  return spellingsOf(origin).find(spelling => spelling === asked) ?? origin;
}

/** `/sse` is the same endpoint for clients of the older transport, who compare addresses too. */
export type Root = '/mcp' | '/sse';

/** The path part of an endpoint: `/mcp`, or `/mcp/{server}`. */
export function endpointPath(server?: string, root: Root = '/mcp'): string {
  return server === undefined ? root : `${root}/${server}`;
}

/** Which of the two a path is below. */
export function rootOf(path: string): Root {
  return path === '/sse' || path.startsWith('/sse/') ? '/sse' : '/mcp';
}

/** Every `aud` that covers an endpoint: its own address and, for one server, the address of all. */
export function audiencesOf(origin: string, server?: ServerName): readonly string[] {
  const paths = server === undefined ? ['/mcp'] : ['/mcp', endpointPath(server)];
  return spellingsOf(origin).flatMap(spelling => paths.map(path => spelling + path));
}
