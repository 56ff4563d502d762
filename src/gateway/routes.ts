import type { IncomingMessage } from 'node:http';
import {
  createApi,
  createConnectPages,
  createHealth,
  createPages,
  createTurns,
  isApiPath,
  isFormerMcpPath,
  operationsOf,
  tryServer,
} from '../admin/index.ts';
import type { Audits } from '../auditor/index.ts';
import { createLoginRoutes, createMetadataRoutes } from '../auth/index.ts';
import { Fault } from '../base/index.ts';
import { commandRules } from '../config/index.ts';
import { appRoute, createAddressReader, header, type Route } from '../http/index.ts';
import type { AuthorizationServer } from '../oauth/index.ts';
import { createProxy } from '../proxy/index.ts';
import { clientDocument } from './client-document.ts';
import { type Base, type Identity, policyOf, registrationOf } from './identity.ts';
import type { KeyUse } from './key-use.ts';
import type { Path } from './path.ts';

/** A pasted configuration of many servers fits. */
const API_BYTES = 256 * 1024;

type Process = { readonly version: string; readonly sample?: string | undefined; isReady(): boolean };

function healthOf(
  { config }: Base,
  { authenticator }: Identity,
  path: Path,
  { version, isReady }: Process,
): Route {
  return createHealth({
    version,
    commit: config.settings.gitCommit,
    isReady,
    metrics: () => path.ledger.metrics.text(),
    isPrivate: config.mode.isPrivate,
    checkMetrics: async authorization => {
      const caller = await authenticator.authenticate(authorization, { audience: 'any' });
      if (!caller.scopes.includes('metrics')) throw new Fault('insufficient_scope');
    },
  });
}

/** In the order in which they are asked: no MCP request passes through a framework. */
export function buildRoutes(
  base: Base,
  identity: Identity,
  path: Path,
  process: Process & {
    readonly oauth: AuthorizationServer;
    readonly keyUse: KeyUse;
    readonly audits: Audits;
  },
): readonly Route[] {
  const { config, origin } = base;
  const readAddress = createAddressReader(config.settings.trustedProxies);
  const addressOf = (incoming: IncomingMessage): string =>
    readAddress(incoming.socket.remoteAddress ?? '', header(incoming, 'x-forwarded-for'));
  const common = { ...identity, ...base, addressOf, master: config.master };
  const registration = () => registrationOf(config.settings, base.configNow().settings);
  const about = {
    version: process.version,
    isPrivate: config.mode.isPrivate,
    sample: config.mode.isPrivate ? process.sample : undefined,
  };
  const pages = createPages({ ...common, about, passwordPolicy: () => policyOf(base.configNow().settings) });
  const api = createApi(operationsOf(process.version), {
    ...common,
    upstreams: path.upstreams,
    catalogue: path.catalogue,
    health: path.health,
    linked: (person, uri) => path.links.find(person, uri),
    connections: path.connections,
    connectLinks: path.connectLinks,
    egress: path.egress,
    tryServer: entry => tryServer(entry, { ...path, client: path.own, rules: commandRules(config) }),
    audits: process.audits,
    inTurn: createTurns(),
    noteKeyUse: process.keyUse.note,
    passwordPolicy: () => policyOf(base.configNow().settings),
    onDefect: (err, requestId) => path.log.error({ err, requestId }, 'a defect'),
  });
  return [
    ...process.oauth.routes,
    clientDocument(path.connections),
    appRoute(createMetadataRoutes({ keyRing: identity.keyRing, origin }), asked =>
      asked.includes('/.well-known/'),
    ),
    appRoute(pages, isFormerMcpPath),
    createProxy(path),
    healthOf(base, identity, path, process),
    appRoute(createLoginRoutes({ ...common, registration }), asked => asked.startsWith('/auth/')),
    appRoute(api, isApiPath, API_BYTES),
    appRoute(createConnectPages({ ...path, ...common }), asked => asked.startsWith('/connect/')),
    appRoute(pages, () => true),
  ];
}
