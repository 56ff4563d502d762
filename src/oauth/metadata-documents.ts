import type { IncomingMessage } from 'node:http';
import type { Configuration } from 'oidc-provider';
import { asAsked } from '../auth/index.ts';
import { type Fetched, fetchDocument, networkOf } from '../http/index.ts';
import { createBuckets } from '../shared/index.ts';
import { OWN_METADATA } from './own-metadata.ts';
import { redirectKindOf } from './request/redirect-uris.ts';
import { GRANTS, nameOf } from './request/registration.ts';
import type { OAuthDeps } from './types.ts';

/** Client ID Metadata Documents and key sets of clients: what the gateway fetches because a stranger named it. */
export type MetadataDocuments = {
  /** Whether clients shall send their document's address as their id. */
  isAdvertised(): boolean;
  /** The `fetch` of the provider. */
  readonly fetch: NonNullable<Configuration['fetch']>;
  /** Whether what this request names may be fetched now; without a request it is one that a person waits for. */
  mayFetch(request: IncomingMessage | undefined, id: string): boolean;
  /** The host that could not be reached last, for the page that says so. */
  lastFailure(id: string): string | undefined;
};

const HOUR_MS = 3_600_000;
const MAX_BYTES = 5 * 1024;
const FETCH_MS = 2500;
const MAX_FAILURES = 100;
/** Answers of somebody who is there; only silence says that the way out is closed. */
const NO_ANSWER: ReadonlySet<string> = new Set(['unreachable', 'broken', 'too_slow']);

/**
 * A document as the provider takes it: a client with a redirect on this machine is native whatever it says, redirects
 * that no client may have are not there, and it decides nothing that is an administrator's.
 */
function asClient(text: string): string {
  try {
    const document = JSON.parse(text);
    if (typeof document !== 'object' || document === null || !Array.isArray(document.redirect_uris))
      return text;
    for (const name of [...OWN_METADATA, 'scope', 'id_token_signed_response_alg', 'sector_identifier_uri'])
      delete document[name];
    const uris = document.redirect_uris.filter(
      (uri: unknown) => typeof uri === 'string' && redirectKindOf(uri),
    );
    const isNative = uris.some((uri: string) => redirectKindOf(uri) !== 'https');
    return JSON.stringify({
      ...document,
      redirect_uris: uris,
      // Acting without a person is for clients that an administrator made.
      grant_types: grantsOf(document.grant_types),
      response_types: ['code'],
      ...(typeof document.client_name === 'string' && { client_name: nameOf(document.client_name) }),
      application_type: isNative ? 'native' : (document.application_type ?? 'native'),
    });
  } catch {
    return text;
  }
}

function grantsOf(given: unknown): readonly string[] {
  const kept = Array.isArray(given) ? given.filter(grant => GRANTS.has(grant)) : [];
  return kept.includes('authorization_code') ? kept : ['authorization_code', ...kept];
}

/** Whether an address leads back here: a document that names the next one could go on so for long. */
function isOurs(url: URL, origin: string): boolean {
  return new URL(asAsked(origin, url.host)).host === url.host;
}

function toResponse(fetched: Fetched & { ok: true }): Response {
  const { status, headers, body } = fetched;
  const type = headers['content-type'] ?? '';
  // draft-ietf-oauth-client-id-metadata-document: the document is JSON; a page of HTML that parses is none.
  if (status === 200 && !/^application\/([\w.-]+\+)?json\b/i.test(type))
    throw new Error('the document is not JSON');
  const kept = new Headers();
  for (const name of ['cache-control', 'expires', 'content-type'])
    if (headers[name] !== undefined) kept.set(name, headers[name]);
  return new Response(asClient(body.toString('utf8')), {
    status: status < 200 ? 502 : status,
    headers: kept,
  });
}

/** Fetches within bounds, remembers what failed, and takes back the offer while nothing outside can be reached. */
export function createMetadataDocuments(deps: OAuthDeps): MetadataDocuments {
  const { settings, clock, egress, live, ledger, origin, addressOf } = deps;
  const tries = createBuckets({ capacity: 30, refillPerSecond: 0.5, clock });
  const asked = new WeakMap<IncomingMessage, string>();
  const failures = new Map<string, string>();
  let failedAt = Number.NEGATIVE_INFINITY;
  const isConfigured = (host: string) =>
    [...live.current().servers.values()].some(
      ({ transport }) => transport.kind !== 'stdio' && URL.parse(String(transport.url))?.hostname === host,
    );
  const note = (url: URL, why: string): void => {
    if (failures.size >= MAX_FAILURES) failures.clear();
    failures.set(url.href, url.host);
    if (NO_ANSWER.has(why)) failedAt = clock.now();
    if (why === 'blocked')
      ledger.event({ type: 'ssrf_blocked', severity: 'medium', detail: { host: url.host, by: 'oauth' } });
  };
  return {
    // Where registration is off the offer stays: without it there would be no way in at all.
    isAdvertised: () => {
      if (settings.cimd !== 'auto' || !settings.allowDcr) return settings.cimd !== 'off';
      return clock.now() - failedAt >= HOUR_MS;
    },
    mayFetch: (request, id) => {
      if (request === undefined) return true;
      // The provider asks again while it says that the first answer was none.
      if (asked.get(request) === id) return false;
      asked.set(request, id);
      return tries.take(networkOf(addressOf(request))).ok;
    },
    lastFailure: id => failures.get(URL.parse(id)?.href ?? ''),
    fetch: async (given, options) => {
      const url = new URL(given);
      const headers = { accept: new Headers(options?.headers).get('accept') ?? '*/*' };
      const fetched =
        url.protocol === 'https:' && !isOurs(url, origin())
          ? await fetchDocument(egress, {
              url,
              headers,
              isPrivateAllowed: isConfigured(url.hostname),
              maxBytes: MAX_BYTES,
              ms: FETCH_MS,
            })
          : ({ ok: false, why: 'blocked' } as const);
      if (!fetched.ok) {
        note(url, fetched.why);
        throw new Error(`${url.host}: ${fetched.why}`);
      }
      failedAt = Number.NEGATIVE_INFINITY;
      failures.delete(url.href);
      return toResponse(fetched);
    },
  };
}
