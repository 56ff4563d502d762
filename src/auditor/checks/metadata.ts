import { type Check, found, foundIf, type Outcome, PASSED, skipped } from '../check.ts';
import type { Subject } from '../subject.ts';

const DISCOVERY = 'MCP 2025-11-25 and 2026-07-28, basic/authorization, "Authorization Server Discovery"';
const NO_GUARD = 'it asks nobody for a token';
const NO_DOCUMENT = 'there is no such document to look at';

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

/** `http:` where others can read along. */
function isInsecure(text: unknown): boolean {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  return url?.protocol === 'http:' && !isLoopback(url.hostname);
}

/** Looks at the authorization server's document, or says that there is none. */
const atServer =
  (look: (body: Readonly<Record<string, unknown>>, issuer: string) => Outcome) =>
  async ({ discovery }: Subject): Promise<Outcome> => {
    if ((await discovery.challenge()) === undefined) return skipped(NO_GUARD);
    const document = await discovery.authorizationServer();
    return document?.body ? look(document.body, document.why) : skipped(NO_DOCUMENT);
  };

const ENDPOINTS = ['issuer', 'authorization_endpoint', 'token_endpoint', 'registration_endpoint'];

/** Whether a client finds the way to a token, and a safe one. */
export const METADATA_CHECKS: readonly Check[] = [
  {
    id: 'no-challenge',
    area: 'authorization',
    severity: 'medium',
    title: 'A 401 does not say where to get a token',
    why: 'Clients cannot begin to sign in: they look for the address in the challenge.',
    fix: 'Answer 401 with WWW-Authenticate: Bearer resource_metadata="...".',
    reference: 'RFC 9728 section 5.1; MCP basic/authorization, "Protected Resource Metadata Discovery"',
    look: async ({ discovery }) => {
      const challenge = await discovery.challenge();
      if (challenge === undefined) return skipped(NO_GUARD);
      if (/^Bearer\b/i.test(challenge) && challenge.includes('resource_metadata=')) return PASSED;
      return found(challenge === '' ? '401 without WWW-Authenticate' : `WWW-Authenticate: ${challenge}`);
    },
  },
  {
    id: 'no-resource-metadata',
    area: 'authorization',
    severity: 'medium',
    title: 'There is no protected resource metadata',
    why: 'Clients cannot learn which authorization server gives tokens for this server.',
    fix: 'Serve /.well-known/oauth-protected-resource with `resource` and `authorization_servers`.',
    reference: DISCOVERY,
    look: async ({ discovery }) => {
      if ((await discovery.challenge()) === undefined) return skipped(NO_GUARD);
      const { body, url, why } = await discovery.resource();
      if (!body) return found(`${url}: ${why}`);
      const servers = body.authorization_servers;
      return Array.isArray(servers) && servers.length > 0
        ? PASSED
        : found(`${url} names no authorization server`);
    },
  },
  {
    id: 'resource-mismatch',
    area: 'authorization',
    severity: 'medium',
    title: 'The metadata is about another resource',
    why: 'A client must refuse it; one that does not asks for tokens that are meant for somebody else.',
    fix: 'Give the very address of this endpoint as `resource`.',
    reference: 'RFC 9728 section 3.3',
    look: async ({ discovery, url }) => {
      if ((await discovery.challenge()) === undefined) return skipped(NO_GUARD);
      const { body } = await discovery.resource();
      if (!body) return skipped(NO_DOCUMENT);
      const resource = URL.parse(String(body.resource ?? ''));
      const trim = (text: string) => text.replace(/\/$/, '');
      const isMeant =
        resource !== null &&
        resource.host === url.host &&
        trim(url.pathname).startsWith(trim(resource.pathname));
      return isMeant ? PASSED : found(`resource is ${String(body.resource)}, the endpoint ${url.href}`);
    },
  },
  {
    id: 'issuer-mismatch',
    area: 'authorization',
    severity: 'high',
    title: 'The authorization server is not who it says',
    why: 'Where issuer and address differ, a client cannot tell servers apart that are mixed up on purpose.',
    fix: 'Serve metadata whose `issuer` is the address that was asked for it.',
    reference: 'RFC 8414 section 3.3; RFC 9207',
    look: atServer(({ issuer }, named) =>
      String(issuer).replace(/\/$/, '') === named.replace(/\/$/, '')
        ? PASSED
        : found(`issuer is ${String(issuer)}, it was named ${named}`),
    ),
  },
  {
    id: 'pkce',
    area: 'authorization',
    severity: 'high',
    title: 'PKCE is missing, or can be weakened',
    why: 'A stolen code can be redeemed. Clients must refuse to go on without S256; `plain` protects nobody who can read.',
    fix: 'Announce code_challenge_methods_supported: ["S256"], and demand it.',
    reference: 'MCP basic/authorization, "Authorization Code Protection"; OAuth 2.1 section 7.5.2',
    look: atServer(({ code_challenge_methods_supported: methods }) => {
      if (!Array.isArray(methods) || !methods.includes('S256')) return found('S256 is not announced');
      return methods.includes('plain') ? found('plain is announced beside S256') : PASSED;
    }),
  },
  {
    id: 'insecure-authorization',
    area: 'authorization',
    severity: 'high',
    title: 'Tokens travel without encryption',
    why: 'Codes, tokens and passwords can be read and changed on the way.',
    fix: 'Serve the authorization server and its endpoints over https.',
    reference: 'OAuth 2.1 section 1.5; MCP basic/authorization, "Communication Security"',
    look: async subject => {
      const { discovery } = subject;
      if ((await discovery.challenge()) === undefined) return skipped(NO_GUARD);
      const named = (await discovery.issuers()).filter(isInsecure);
      const document = await discovery.authorizationServer();
      const endpoints = ENDPOINTS.filter(name => isInsecure(document?.body?.[name]));
      return foundIf([
        ...named.map(issuer => `the authorization server is ${issuer}`),
        ...endpoints.map(name => `${name} is ${String(document?.body?.[name])}`),
      ]);
    },
  },
];
