import type { ServerName } from '../base/index.ts';

/** What OpenID Connect Core section 5.4 and 11 name; they say who somebody is and give no access. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** In plain words, for the page that asks. What is not here is said by name. */
export const SCOPE_WORDS: Readonly<Record<string, string>> = {
  profile: 'see your name',
  email: 'see your e-mail address',
  offline_access: 'stay connected until you or an administrator end it',
};

/** `mcp` is every server, `mcp:<server>` one. */
export function scopesFor(servers: Iterable<ServerName>): readonly string[] {
  return ['mcp', ...[...servers].map(server => `mcp:${server}`)];
}

export function splitScope(text: string | undefined): readonly string[] {
  return [...new Set((text ?? '').split(' ').filter(scope => scope !== ''))];
}

export function isMcpScope(scope: string): boolean {
  return scope === 'mcp' || scope.startsWith('mcp:');
}
