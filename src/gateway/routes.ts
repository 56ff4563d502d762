import type { IncomingMessage } from 'node:http';
import { createHealth, createPages, isFormerMcpPath } from '../admin/index.ts';
import { createLoginRoutes, createMetadataRoutes } from '../auth/index.ts';
import { Fault } from '../base/index.ts';
import { appRoute, createAddressReader, header, type Route } from '../http/index.ts';
import { createProxy } from '../proxy/index.ts';
import { type Base, type Identity, policyOf } from './identity.ts';
import type { Path } from './path.ts';

type Process = { readonly version: string; isReady(): boolean };

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
export function buildRoutes(base: Base, identity: Identity, path: Path, process: Process): readonly Route[] {
  const { config, origin } = base;
  const readAddress = createAddressReader(config.settings.trustedProxies);
  const addressOf = (incoming: IncomingMessage): string =>
    readAddress(incoming.socket.remoteAddress ?? '', header(incoming, 'x-forwarded-for'));
  const common = { ...identity, ...base, addressOf, master: config.master };
  const pages = createPages({ ...common, passwordPolicy: policyOf(config.settings) });
  return [
    appRoute(createMetadataRoutes({ keyRing: identity.keyRing, origin }), asked =>
      asked.includes('/.well-known/'),
    ),
    appRoute(pages, isFormerMcpPath),
    createProxy(path),
    healthOf(base, identity, path, process),
    appRoute(createLoginRoutes(common), asked => asked.startsWith('/auth/')),
    appRoute(pages, () => true),
  ];
}
