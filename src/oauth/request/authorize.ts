import type { ServerName } from '../../base/index.ts';
import { readResource, resourceOf } from '../resources.ts';
import { IDENTITY_SCOPES, isMcpScope, scopesFor, splitScope } from '../scopes.ts';
import type { Fields } from './fields.ts';

/** Only with `openid` has the provider a use for these; some clients send them always. */
const NEED_OPENID = ['nonce', 'max_age', 'claims', 'claims_locales', 'acr_values', 'id_token_hint'];

/** How resources are written: below which origin, and what servers are called besides. */
export type Spelling = { readonly origin: string; readonly spellings: ReadonlyMap<string, ServerName> };

/** `audience` of each resource that was named, as tokens spell it; a foreign one stays, and is refused later. */
export function spellResources(fields: Fields, { origin, spellings }: Spelling): void {
  const spelt = fields.all('resource').map(text => readResource(origin, text, spellings)?.audience ?? text);
  fields.setAll('resource', [...new Set(spelt)]);
}

/** What there is to be asked for. */
export type Offer = Spelling & {
  readonly servers: Iterable<ServerName>;
  /** What an administrator allowed the client at most. */
  readonly limit: readonly string[] | undefined;
};

/** `mcp` of a client that may have some servers only is those servers. */
function within(scopes: readonly string[], limit: readonly string[] | undefined): readonly string[] {
  if (limit === undefined) return scopes;
  const ofMcp = limit.filter(isMcpScope);
  const cut = scopes.flatMap(scope => {
    if (limit.includes(scope)) return [scope];
    return scope === 'mcp' ? ofMcp : [];
  });
  return [...new Set(cut)];
}

function spellScope(scope: string, spellings: Spelling['spellings']): string {
  const server = scope.startsWith('mcp:') ? spellings.get(scope.slice(4)) : undefined;
  return server === undefined ? scope : `mcp:${server}`;
}

/** Asks for what is left out: all of the resource. One that names scopes gets those of them that exist. */
function settleScope(fields: Fields, { origin, spellings, servers, limit }: Offer): void {
  const asked = splitScope(fields.get('scope')).map(scope => spellScope(scope, spellings));
  const [first] = fields.all('resource');
  const resource =
    first === undefined ? resourceOf(origin, undefined) : readResource(origin, first, spellings);
  const whole = resource?.server === undefined ? 'mcp' : `mcp:${resource.server}`;
  const known = new Set<string>([...IDENTITY_SCOPES, ...scopesFor(servers), whole]);
  const kept = asked.filter(scope => known.has(scope));
  const wantsAccess = asked.length === 0 || first !== undefined;
  if (wantsAccess && !asked.some(isMcpScope)) kept.push(whole);
  const given = within(kept, limit);
  // Nothing of it exists: the provider is left to say so.
  if (given.length > 0) fields.set('scope', given.join(' '));
}

/**
 * An authorization request as the provider wants it: `resource` in one spelling and never absent, a scope that asks
 * for something (RFC 6749 section 3.3 lets the server choose where none is named).
 */
export function prepareAuthorization(fields: Fields, offer: Offer): void {
  spellResources(fields, offer);
  if (fields.all('scope').length < 2) settleScope(fields, offer);
  if (fields.all('resource').length === 0)
    fields.set('resource', resourceOf(offer.origin, undefined).audience);
  if (!splitScope(fields.get('scope')).includes('openid'))
    for (const name of NEED_OPENID) fields.delete(name);
  for (const name of ['login_hint', 'state', 'display', 'ui_locales'])
    if (fields.all(name).length === 1 && fields.get(name) === '') fields.delete(name);
}
