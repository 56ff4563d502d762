import { z } from 'zod';
import { Secret } from '../../base/index.ts';
import type { Registration } from '../../store/index.ts';
import { type OAuthEntry, sha256 } from './account.ts';
import type { Issuer } from './discovery/discover.ts';
import type { Way } from './discovery/way.ts';
import { OAuthTrouble } from './trouble.ts';
import type { ConnectionsDeps, OAuthClient } from './types.ts';

/** Where the gateway's own document lies, below its origin. */
export const CLIENT_METADATA_PATH = '/connect/client-metadata.json';

const CLIENT_NAME = 'AuthMCP Gateway';
const GRANT_TYPES = ['authorization_code', 'refresh_token'];

/** RFC 7591 section 3.2.1, as far as it is used; some answer 200, and leave out when the secret expires. */
const registered = z.object({
  client_id: z.string().min(1).max(2000),
  client_secret: z.string().nullish(),
  client_secret_expires_at: z.coerce.number().nullish(),
  token_endpoint_auth_method: z.string().nullish(),
});

export type ClientDocument = Readonly<Record<string, unknown>>;

const isLoopback = (url: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);

/** What the gateway is called at authorization servers. */
export class Clients {
  readonly #deps: ConnectionsDeps;
  readonly #way: Way;
  readonly #registering = new Map<string, Promise<Registration>>();

  constructor(deps: ConnectionsDeps, way: Way) {
    this.#deps = deps;
    this.#way = way;
  }

  /**
   * Where people come back to. One that the gateway registered for is told apart by issuer, so that the answer of one
   * authorization server is never taken for that of another (mix-up, RFC 9700 section 4.4.2.2).
   */
  redirectUri(tag?: string): string {
    const uri = `${this.#deps.origin()}${this.#deps.redirectPath ?? '/connect/callback'}`;
    return tag === undefined ? uri : `${uri}?as=${tag}`;
  }

  #documentUrl(): string | undefined {
    const url = this.#deps.clientMetadataUrl?.();
    const parsed = url === undefined ? null : URL.parse(url);
    return parsed?.protocol === 'https:' && parsed.pathname !== '/' ? url : undefined;
  }

  #metadata(redirectUri: string): ClientDocument {
    const origin = new URL(this.#deps.origin());
    return {
      client_name: CLIENT_NAME,
      client_uri: origin.origin,
      redirect_uris: [redirectUri],
      grant_types: GRANT_TYPES,
      response_types: ['code'],
      // MCP 2026-07-28 client-registration, "Application Type": what is reached by localhost is native.
      application_type: origin.protocol === 'https:' && !isLoopback(origin) ? 'web' : 'native',
    };
  }

  /** The document at the address that is the gateway's client id; undefined where it has none. */
  document(): ClientDocument | undefined {
    const url = this.#documentUrl();
    if (url === undefined) return undefined;
    const metadata = this.#metadata(this.redirectUri('document'));
    return { client_id: url, ...metadata, token_endpoint_auth_method: 'none' };
  }

  /** Registered by hand before the own document before registering itself (MCP client-registration). */
  async for(entry: OAuthEntry, issuer: Issuer): Promise<OAuthClient> {
    const { clientId, clientSecret: secret, privateKey, privateKeyAlg, grant } = entry.auth;
    const rest = { privateKey: undefined, privateKeyAlg: undefined, method: undefined };
    if (clientId !== undefined) {
      await this.#refuseElsewhere(entry, clientId, issuer);
      return {
        id: clientId,
        secret,
        privateKey,
        privateKeyAlg,
        method: undefined,
        redirectUri: this.redirectUri(),
      };
    }
    // Whoever was given a refresh token without a client shows none.
    if (grant === 'refresh_token')
      return { ...rest, id: undefined, secret: undefined, redirectUri: this.redirectUri() };
    const document = this.#documentUrl();
    if (issuer.client_id_metadata_document_supported && document !== undefined)
      return { ...rest, id: document, secret: undefined, redirectUri: this.redirectUri('document') };
    return this.#registered(issuer);
  }

  /** An endpoint that the operator named needs no memory: no server can say another. */
  async #refuseElsewhere({ name, auth }: OAuthEntry, clientId: string, { issuer }: Issuer): Promise<void> {
    if (auth.tokenEndpoint !== undefined) return;
    const own = auth.issuer ?? (await this.#deps.store.connections.issuerOf(name, clientId));
    if (own !== undefined && own !== issuer) throw new OAuthTrouble('other_issuer', issuer);
  }

  /**
   * Before its secret is sent there: from now on a client that was registered by hand belongs to this issuer, whatever
   * it answers (MCP 2026-07-28 authorization, "Authorization Server Binding"). Throws `other_issuer` for one that belongs elsewhere.
   */
  async bind(entry: OAuthEntry, issuer: Issuer): Promise<void> {
    const { clientId, tokenEndpoint } = entry.auth;
    if (clientId === undefined || tokenEndpoint !== undefined) return;
    const { store, clock } = this.#deps;
    await store.connections.bindClient(entry.name, clientId, issuer.issuer, clock.now());
    // Another process may have been faster, for another issuer.
    await this.#refuseElsewhere(entry, clientId, issuer);
  }

  async #registered(issuer: Issuer): Promise<OAuthClient> {
    const redirectUri = this.redirectUri(sha256(issuer.issuer).slice(0, 16));
    const { store, clock } = this.#deps;
    const known = await store.connections.registration(issuer.issuer, redirectUri, clock.now());
    const registration = known ?? (await this.#registerOnce(issuer, redirectUri));
    const { clientId: id, metadata } = registration;
    const answer = registered.parse(JSON.parse(metadata.reveal()));
    const secret = answer.client_secret ? new Secret(answer.client_secret) : undefined;
    const method = answer.token_endpoint_auth_method ?? undefined;
    return { id, secret, method, redirectUri, privateKey: undefined, privateKeyAlg: undefined };
  }

  #registerOnce(issuer: Issuer, redirectUri: string): Promise<Registration> {
    const key = `${issuer.issuer} ${redirectUri}`;
    const running = this.#registering.get(key);
    if (running) return running;
    const registering = this.#register(issuer, redirectUri).finally(() => this.#registering.delete(key));
    this.#registering.set(key, registering);
    return registering;
  }

  async #register(issuer: Issuer, redirectUri: string): Promise<Registration> {
    const { registration_endpoint: endpoint, token_endpoint_auth_methods_supported: methods } = issuer;
    const url = endpoint === undefined ? null : URL.parse(endpoint);
    if (!url) throw new OAuthTrouble('no_client', issuer.issuer);
    const wanted = ['client_secret_basic', 'client_secret_post', 'none'];
    const method = wanted.find(one => methods?.includes(one));
    const body = JSON.stringify({
      ...this.#metadata(redirectUri),
      ...(method && { token_endpoint_auth_method: method }),
    });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const fetched = await this.#way.ask(url, { method: 'POST', headers, body });
    if (!fetched.ok || fetched.status >= 500) throw new OAuthTrouble('unreachable', url.host);
    if (fetched.status !== 201 && fetched.status !== 200)
      throw new OAuthTrouble('registration', issuer.issuer);
    return this.#keep(issuer, redirectUri, fetched.body.toString('utf8'));
  }

  #keep({ issuer }: Issuer, redirectUri: string, text: string): Promise<Registration> {
    let answer: z.infer<typeof registered>;
    try {
      answer = registered.parse(JSON.parse(text));
    } catch {
      throw new OAuthTrouble('registration', issuer);
    }
    const { client_id: clientId, client_secret_expires_at: expiry } = answer;
    const expiresAt = answer.client_secret && expiry ? expiry * 1000 : undefined;
    const createdAt = this.#deps.clock.now();
    const metadata = new Secret(JSON.stringify(answer));
    const made = { issuer, redirectUri, clientId, metadata, createdAt, expiresAt };
    return this.#deps.store.connections.keepRegistration(made);
  }

  /** The authorization server does not know the gateway any more: the next one who connects registers it anew. */
  async forget(issuer: string, client: OAuthClient): Promise<void> {
    const { redirectUri, id } = client;
    const { store, clock } = this.#deps;
    const known = await store.connections.registration(issuer, redirectUri, clock.now());
    if (known && known.clientId === id) await store.connections.deleteRegistration(known);
  }
}
