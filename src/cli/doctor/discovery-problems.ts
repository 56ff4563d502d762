import { mcp, type ProblemRow } from './problem-row.ts';

const RESOURCE = mcp('Protected Resource Metadata Discovery Requirements');
const SERVER = mcp('Authorization Server Metadata Discovery');
const ERRORS = mcp('Error Handling');

/** What can be wrong before a client is registered. */
export const discoveryProblems = {
  no_endpoint: {
    mark: 'BROKEN',
    says: 'There is no MCP endpoint at this address.',
    rule: 'MCP basic/transports, "Streamable HTTP"',
    todo: 'Give the whole address of the endpoint; of this gateway it ends in /mcp or /mcp/SERVER.',
  },
  endpoint_moved: {
    mark: 'BROKEN',
    says: 'The endpoint answers with a redirect; clients lose the token or the body on the way.',
    rule: 'RFC 9110 section 15.4; RFC 9728 section 3.3',
    todo: 'Use the address that it names, to the letter.',
  },
  wrong_host: {
    mark: 'BROKEN',
    says: 'It does not answer to this host name.',
    rule: 'RFC 9110 section 7.4 (421)',
    todo: 'Use its public address (this gateway: the one that its start prints; MCP_PUBLIC_URL sets it).',
  },
  no_401: {
    mark: 'BROKEN',
    says: 'Without a token it does not answer 401, so no client begins to sign in.',
    rule: `${ERRORS}; RFC 6750 section 3`,
    todo: 'Answer 401 with WWW-Authenticate to every request without a token. If it is meant to be open, there is nothing to sign in to.',
  },
  get_no_401: {
    mark: 'warn',
    says: 'A GET without a token is not answered with 401; Codex begins with one.',
    rule: ERRORS,
    todo: 'Ask for the token before looking at method, version or Accept.',
  },
  no_challenge: {
    mark: 'BROKEN',
    says: 'The 401 bears no Bearer challenge.',
    rule: 'RFC 9110 section 15.5.2; RFC 6750 section 3',
    todo: 'Send WWW-Authenticate: Bearer resource_metadata="...". A proxy in between may have dropped the header.',
  },
  challenge_without_metadata: {
    mark: 'warn',
    says: 'The challenge does not name resource_metadata; clients must guess the well-known address.',
    rule: `RFC 9728 section 5.1; ${RESOURCE}`,
    todo: 'Add resource_metadata="https://.../.well-known/oauth-protected-resource/..." to the challenge.',
  },
  challenge_bad_url: {
    mark: 'BROKEN',
    says: 'resource_metadata in the challenge is no http(s) URL.',
    rule: 'RFC 9728 section 5.1',
    todo: 'Put the whole URL of the metadata there.',
  },
  metadata_elsewhere: {
    mark: 'warn',
    says: 'The challenge names metadata on another origin than the endpoint; careful clients refuse that.',
    rule: 'RFC 9728 section 7.3',
    todo: 'Serve the metadata on the origin of the endpoint (behind a proxy: tell the server its public address).',
  },
  offline_access: {
    mark: 'warn',
    says: 'offline_access is named as a scope of the resource.',
    rule: mcp('Scope Selection Strategy'),
    todo: 'Leave it out of the challenge and of the resource metadata; it belongs to the authorization server.',
  },
  resource_metadata_missing: {
    mark: 'BROKEN',
    says: 'There is no protected resource metadata.',
    rule: `RFC 9728 section 3.1; ${RESOURCE}`,
    todo: 'Serve it at /.well-known/oauth-protected-resource followed by the path of the endpoint; let the proxy pass /.well-known/ on.',
  },
  resource_metadata_unreadable: {
    mark: 'BROKEN',
    says: 'The protected resource metadata is no JSON object.',
    rule: 'RFC 9728 section 3.2',
    todo: 'Look at what answers there: a login page or a single-page application often swallows /.well-known/.',
  },
  well_known_missing: {
    mark: 'warn',
    says: 'The metadata is only where the challenge says; clients that look at the well-known address do not find it.',
    rule: RESOURCE,
    todo: 'Serve the same document at the well-known address too.',
  },
  resource_documents_differ: {
    mark: 'warn',
    says: 'The metadata of the challenge and that of the well-known address say different things.',
    rule: 'RFC 9728 section 3.3',
    todo: 'Serve one and the same document at both.',
  },
  resource_missing: {
    mark: 'BROKEN',
    says: 'The metadata has no resource.',
    rule: 'RFC 9728 section 2',
    todo: 'Add resource: the address of the endpoint, to the letter.',
  },
  resource_mismatch: {
    mark: 'BROKEN',
    says: 'resource is not the address that was called; clients must reject that.',
    rule: 'RFC 9728 section 3.3',
    todo: 'Make resource the address that clients type, without a slash more or less (this gateway: MCP_PUBLIC_URL), or type the one that it names.',
  },
  resource_is_origin: {
    mark: 'warn',
    says: 'The only metadata is that of the origin, and resource names the origin; strict clients reject that for an endpoint below it.',
    rule: 'RFC 9728 section 3.3',
    todo: 'Serve a document for the endpoint, with its own resource.',
  },
  no_authorization_servers: {
    mark: 'BROKEN',
    says: 'The metadata names no authorization server.',
    rule: `RFC 9728 section 2; ${mcp('Authorization Server Location')}`,
    todo: 'Add authorization_servers with one issuer at least.',
  },
  issuer_bad_url: {
    mark: 'BROKEN',
    says: 'The issuer is no URL that an issuer may be: http(s), without query, fragment and user.',
    rule: 'RFC 8414 section 2',
    todo: 'Name the issuer as https://host or https://host/path.',
  },
  no_header_tokens: {
    mark: 'warn',
    says: 'bearer_methods_supported does not list header, which is the only way that MCP knows.',
    rule: mcp('Token Requirements'),
    todo: 'List "header", or leave the member out.',
  },
  server_metadata_missing: {
    mark: 'BROKEN',
    says: 'There is no metadata of the authorization server.',
    rule: `RFC 8414 section 3; ${SERVER}`,
    todo: 'Serve it at /.well-known/oauth-authorization-server (with the path of the issuer behind it), or look whether authorization_servers names the right issuer.',
  },
  server_metadata_unreadable: {
    mark: 'BROKEN',
    says: 'The metadata of the authorization server is no JSON object.',
    rule: 'RFC 8414 section 3.2',
    todo: 'Look at what answers there: a login page or a single-page application often swallows /.well-known/.',
  },
  oauth_document_missing: {
    mark: 'warn',
    says: 'Only the OpenID document is there; older clients read only the RFC 8414 one.',
    rule: SERVER,
    todo: 'Serve the same document at /.well-known/oauth-authorization-server too.',
  },
  server_documents_differ: {
    mark: 'warn',
    says: 'The OAuth and the OpenID document differ in what clients need.',
    rule: 'RFC 8414 section 3',
    todo: 'Serve the same bytes under every name.',
  },
  issuer_mismatch: {
    mark: 'BROKEN',
    says: 'issuer in the document is not the issuer by which it was found; clients must reject that.',
    rule: 'RFC 8414 section 3.3',
    todo: 'Make both the same, byte for byte: scheme, host, port, slash (this gateway: MCP_PUBLIC_URL).',
  },
  endpoint_missing: {
    mark: 'BROKEN',
    says: 'The metadata lacks an endpoint, or it is no URL.',
    rule: 'RFC 8414 section 2',
    todo: 'Add it as a whole URL.',
  },
  no_code_flow: {
    mark: 'BROKEN',
    says: 'response_types_supported does not list code.',
    rule: 'RFC 8414 section 2; OAuth 2.1 section 4.1',
    todo: 'Offer the authorization code flow.',
  },
  no_s256: {
    mark: 'BROKEN',
    says: 'code_challenge_methods_supported does not list S256; clients must refuse to go on.',
    rule: mcp('Authorization Code Protection'),
    todo: 'Support PKCE with S256 and list it, in the OpenID document too.',
  },
  no_iss_flag: {
    mark: 'warn',
    says: 'It does not say that it sends iss in its answers, so that clients cannot notice a mix-up of servers.',
    rule: 'RFC 9207 section 3',
    todo: 'Send iss with each authorization response and set authorization_response_iss_parameter_supported.',
  },
} as const satisfies Record<string, ProblemRow>;
