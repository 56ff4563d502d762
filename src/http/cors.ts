import type { ServerResponse } from 'node:http';

const ALLOWED =
  'authorization, content-type, accept, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, last-event-id, traceparent, tracestate';
const EXPOSED = 'mcp-session-id, mcp-protocol-version, www-authenticate, retry-after';

/** For browser clients of an allowed origin. Credentials are never allowed: MCP paths look at no cookie. */
export function setCors(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', EXPOSED);
  response.setHeader('vary', 'Origin');
}

export function answerPreflight(response: ServerResponse, requested: string | undefined): void {
  const params = (requested ?? '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name));
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': [ALLOWED, ...params].join(', '),
    'access-control-max-age': '600',
  });
  response.end();
}
