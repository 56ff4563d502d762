/** What was at an address of version 1 and is not there any more: where it went, or the sentence that says so. */
export type Former =
  | { readonly path: string; readonly goesTo: string }
  | { readonly path: string; readonly says: string };

const FORM = 'posts to its own address, with what the form holds';

const KEYS =
  'Nobody is shown a token of a session any more: make an API key with POST /account/api/keys, which is named, shown once, and revoked alone.';

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
  { path: '/account/token', says: KEYS },
  { path: '/account/rotate', says: KEYS },
  { path: '/admin/api/access-token', says: KEYS },
  { path: '/admin/api/access-token/rotate', says: KEYS },
  {
    path: '/account/info',
    says: 'What you may use is at GET /account/api/servers, and who you are at /account/api/profile.',
  },
  { path: '/account/logout', says: 'Signing out is a button of the page: a link alone signs nobody out.' },
  ...Object.entries({
    '/': '/admin',
    '/admin/logout': '/admin',
    '/admin/logs': '/admin/audit-log?tab=sign-ins',
    '/admin/mcp-activity': '/admin/activity',
    '/admin/mcp-audit': '/admin/security?tab=scans',
    '/admin/mcp-servers': '/admin/servers',
    '/admin/mcp-tokens': '/admin/servers?tab=tokens',
    '/admin/oauth-clients': '/admin/clients',
    '/admin/security-logs': '/admin/security',
    '/admin/users': '/admin/people',
  }).map(([path, goesTo]) => ({ path, goesTo })),
];

/** Addresses of the JSON API, for administrators and for whoever is signed in. */
export function isApiPath(path: string): boolean {
  const isOurs = path.startsWith('/admin/api/') || path.startsWith('/account/api/');
  return isOurs && !formerPaths.some(former => former.path === path);
}

/** Former MCP addresses, which no caller is asked for a token at. */
export function isFormerMcpPath(path: string): boolean {
  return path.startsWith('/mcp/') && path.endsWith('/messages');
}
