/** What was at an address of version 1 and is not there any more: where it went, or the sentence that says so. */
export type Former =
  | { readonly path: string; readonly goesTo: string }
  | { readonly path: string; readonly says: string };

const FORM = 'posts to its own address, with what the form holds';

export const formerPaths: readonly Former[] = [
  {
    path: '/setup/create-admin',
    says: `The form of /setup ${FORM}: open the link that the gateway printed.`,
  },
  { path: '/api/login', says: `The form of /login ${FORM}; programs use POST /auth/login.` },
  { path: '/admin/api/login', says: `The form of /login ${FORM}; programs use POST /auth/login.` },
  { path: '/mcp/messages', says: 'A message belongs to the endpoint that it is for: POST it to /mcp.' },
  {
    path: '/mcp/:server/messages',
    says: 'A message belongs to the endpoint that it is for: POST it to /mcp/{server}.',
  },
  // Pages of the dashboard that is coming; until then its start page says what can be done.
  ...[
    '/',
    '/account',
    '/admin/logout',
    '/admin/logs',
    '/admin/mcp-activity',
    '/admin/mcp-audit',
    '/admin/mcp-servers',
    '/admin/mcp-tokens',
    '/admin/oauth-clients',
    '/admin/security-logs',
    '/admin/settings',
    '/admin/users',
  ].map(path => ({ path, goesTo: '/admin' })),
];

/** Former MCP addresses, which no caller is asked for a token at. */
export function isFormerMcpPath(path: string): boolean {
  return path.startsWith('/mcp/') && path.endsWith('/messages');
}
