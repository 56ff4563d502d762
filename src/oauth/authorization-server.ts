import type Provider from 'oidc-provider';
import { toFault } from '../base/index.ts';
import {
  appRoute,
  type Exchange,
  header,
  networkOf,
  type Route,
  readRequestBody,
  sendJson,
} from '../http/index.ts';
import { createFormGuard } from '../pages/index.ts';
import { type Buckets, createBuckets } from '../shared/index.ts';
import { buildProvider } from './build-provider.ts';
import { createConsents } from './consents.ts';
import { createDiscovery, isDiscovery } from './discovery.ts';
import { createMetadataDocuments } from './metadata-documents.ts';
import { createOAuthPages, isOAuthPage } from './pages/app.ts';
import { DEVICE_GRANT } from './provider-settings.ts';
import { type Endpoint, endpointOf, type Ready, type Refusal } from './request/endpoints.ts';
import { noteFacts } from './request/facts.ts';
import { replay } from './request/replay.ts';
import type { OAuthDeps } from './types.ts';

export type AuthorizationServer = {
  /** In the order in which they are asked. */
  readonly routes: readonly Route[];
  close(): void;
};

const BODY = { bytes: 64 * 1024, ms: 15_000 };
const SWEEP_MS = 600_000;
const DAY_MS = 86_400_000;
const IDLE_DAYS = 180;
const MOST_CLIENTS = 10_000;

/** What one address may begin at once, and per second: each beginning is kept for up to half an hour. */
const BEGUN = { max: 300, window: 300 };

type Limits = { readonly begun: Buckets; readonly failed: Buckets; readonly registrations: Buckets };

function createLimits({ settings, clock }: OAuthDeps): Limits {
  const limit = ({ max, window }: { readonly max: number; readonly window: number }) =>
    createBuckets({
      capacity: settings.isLimited ? max : Number.MAX_SAFE_INTEGER,
      refillPerSecond: settings.isLimited ? max / window : Number.MAX_SAFE_INTEGER,
      clock,
    });
  const { failedLimit, dcrLimit } = settings;
  return { begun: limit(BEGUN), failed: limit(failedLimit), registrations: limit(dcrLimit) };
}

/** The provider of this moment: built at the first request, when the origin is known, and again when keys change. */
function providerOf(build: () => Promise<Provider>, onKeys: (listener: () => void) => void) {
  let building: Promise<Provider> | undefined;
  onKeys(() => {
    building = undefined;
  });
  return (): Promise<Provider> => {
    building ??= build().catch(error => {
      building = undefined;
      throw error;
    });
    return building;
  };
}

/** Without what a stranger made up: events of one place are one row with a count. */
const placeOf = (path: string) => path.replace(/^(\/(?:oauth\/)?(?:register|authorize))\/.+/, '$1/*');

function refuse(exchange: Exchange, deps: OAuthDeps, refusal: Refusal, retryAfterMs?: number): void {
  const { response, address, path } = exchange;
  const { status, error, error_description } = refusal;
  if (retryAfterMs !== undefined) response.setHeader('retry-after', `${Math.ceil(retryAfterMs / 1000)}`);
  const type = status === 429 ? 'rate_limited' : 'oauth_refused';
  deps.ledger.event({ type, severity: 'low', address, detail: { at: placeOf(path), error } });
  sendJson(exchange, status, { error, error_description });
}

const TOO_MANY: Refusal = { status: 429, error: 'too_many_requests', error_description: 'try again later' };
const FULL: Refusal = { status: 429, error: 'too_many_requests', error_description: 'too many clients' };

type Server = {
  readonly deps: OAuthDeps;
  readonly limits: Limits;
  readonly provider: () => Promise<Provider>;
};

/** Whatever cannot be used any more goes before a new client is turned away. */
async function isFull({ store, clock }: OAuthDeps, endpoint: Endpoint): Promise<boolean> {
  if (endpoint.limit !== 'registrations' || (await store.oauth.countClients('dcr')) < MOST_CLIENTS)
    return false;
  await store.oauth.sweepClients(clock.now() - DAY_MS, clock.now() - IDLE_DAYS * DAY_MS);
  return (await store.oauth.countClients('dcr')) >= MOST_CLIENTS;
}

async function answer(exchange: Exchange, endpoint: Endpoint, server: Server): Promise<void> {
  const { deps, limits } = server;
  const { request, response, address } = exchange;
  if (!endpoint.methods.includes(request.method ?? '')) {
    response.setHeader('allow', endpoint.methods.join(', '));
    const error_description = `this address takes ${endpoint.methods.join(', ')}`;
    return refuse(exchange, deps, { status: 405, error: 'invalid_request', error_description });
  }
  const network = networkOf(address);
  const taken = endpoint.limit === undefined ? undefined : limits[endpoint.limit].take(network);
  // Only what fails counts, and only then: many programs behind one address may ask at once.
  if (taken?.ok === true && endpoint.limit === 'failed') limits.failed.give(network);
  if (taken?.ok === false) return refuse(exchange, deps, TOO_MANY, taken.retryAfterMs);
  if (await isFull(deps, endpoint)) return refuse(exchange, deps, FULL, DAY_MS);
  const hasBody = request.method === 'POST' || request.method === 'PUT';
  const text = hasBody ? (await readRequestBody(request, BODY)).toString('utf8') : '';
  const ready = await endpoint.prepare({ exchange, deps, text });
  if ('error' in ready) {
    if (endpoint.limit === 'failed') limits.failed.take(network);
    return refuse(exchange, deps, ready);
  }
  await pass(exchange, endpoint, ready, server);
}

async function pass(exchange: Exchange, endpoint: Endpoint, ready: Ready, server: Server): Promise<void> {
  const { deps, limits } = server;
  const { request, response, address, id } = exchange;
  const { host, protocol } = new URL(deps.origin());
  const url = ready.query === '' ? endpoint.path : `${endpoint.path}?${ready.query}`;
  const prepared = replay(request, { url, host, proto: protocol.slice(0, -1), address, body: ready.body });
  noteFacts(prepared, { requestId: id, address, shown: ready.shown });
  const provider = await server.provider();
  // A device that asks whether its person has decided has not failed.
  response.once('finish', () => {
    const isFine = response.statusCode < 400 || (response.statusCode === 400 && isPolling(ready));
    if (endpoint.limit === 'failed' && !isFine) limits.failed.take(networkOf(address));
  });
  await provider.callback()(prepared, response);
}

function isPolling({ body }: Ready): boolean {
  return body !== undefined && new URLSearchParams(body.text).get('grant_type') === DEVICE_GRANT;
}

/** A browser that came by another name of this machine has its cookies there: it goes on by the one of the issuer. */
function goHome({ request, response, path, query }: Exchange, origin: string): boolean {
  const isElsewhere = header(request, 'host')?.toLowerCase() !== new URL(origin).host;
  if (!isElsewhere || request.method !== 'GET') return false;
  const location = `${origin}${path}${query === '' ? '' : `?${query}`}`;
  response.writeHead(307, { location, 'cache-control': 'no-store' }).end();
  return true;
}

function routeOf(server: Server): Route {
  return exchange => {
    const { path } = exchange;
    const endpoint = endpointOf(path);
    if (!endpoint) return false;
    if (path.startsWith('/authorize') && goHome(exchange, server.deps.origin())) return true;
    void answer(exchange, endpoint, server).catch(thrown => {
      const { status, message, data } = toFault(thrown);
      const error = status < 500 ? 'invalid_request' : 'server_error';
      if (exchange.response.headersSent) exchange.response.destroy();
      else refuse(exchange, server.deps, { status, error, error_description: message }, data?.retryAfterMs);
    });
    return true;
  };
}

/** Forgets what has expired, and clients that nobody uses. */
function sweep({ store, clock, settings }: OAuthDeps): () => void {
  const timer = setInterval(() => {
    const now = clock.now();
    const [unused, idle] = [now - settings.unusedDays * DAY_MS, now - IDLE_DAYS * DAY_MS];
    void store.oauth
      .sweepArtifacts(now)
      .then(() => store.oauth.sweepClients(unused, idle))
      .catch(() => {});
  }, SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Which of its features are on is decided when the provider is built. */
function onOtherFeatures({ live, settings }: OAuthDeps, listener: () => void): void {
  const features = () => `${settings.allowDcr} ${settings.cimd}`;
  let before = features();
  live.onSwap(() => {
    const now = features();
    if (now !== before) listener();
    before = now;
  });
}

/** The authorization server: discovery, the endpoints of oidc-provider behind their preparation, and the pages. */
export function createAuthorizationServer(deps: OAuthDeps): AuthorizationServer {
  const documents = createMetadataDocuments(deps);
  const provider = providerOf(
    () => buildProvider({ ...deps, documents }),
    listener => {
      deps.keyRing.onChange(listener);
      onOtherFeatures(deps, listener);
    },
  );
  const algorithm = async () => (await deps.keyRing.signingJwks())[0]?.alg ?? 'ES256';
  const discovery = createDiscovery({ ...deps, isCimdAdvertised: () => documents.isAdvertised(), algorithm });
  const pages = createOAuthPages({
    ...deps,
    provider,
    guard: createFormGuard(deps.master, deps.origin),
    consents: createConsents(deps),
  });
  return {
    routes: [
      appRoute(discovery, isDiscovery),
      routeOf({ deps, limits: createLimits(deps), provider }),
      appRoute(pages, isOAuthPage),
    ],
    close: sweep(deps),
  };
}
