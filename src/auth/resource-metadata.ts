import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { SERVER_NAME } from '../mcp/index.ts';
import type { KeyRing } from './key-ring.ts';
import { asAsked, endpointPath } from './origins.ts';

export type MetadataDeps = {
  readonly keyRing: KeyRing;
  /** The public origin; the only authorization server. */
  readonly origin: () => string;
};

/** RFC 9728 section 2. `resource` is the endpoint's URL to the letter: clients compare it with what they called. */
function describeResource(deps: MetadataDeps, host: string | undefined, server?: string): object {
  const origin = deps.origin();
  return {
    resource: asAsked(origin, host) + endpointPath(server),
    authorization_servers: [origin],
    scopes_supported: ['mcp'],
    bearer_methods_supported: ['header'],
  };
}

/**
 * What a client reads before it has a token: protected-resource metadata under each address where clients were seen
 * to look, and the keys that sign. A server's name is not looked up: strangers learn nothing of what there is.
 */
export function createMetadataRoutes(deps: MetadataDeps): Hono {
  const app = new Hono();
  app.use(cors({ origin: '*', allowMethods: ['GET', 'HEAD'], maxAge: 86_400 }));
  app.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-cache');
    context.header('X-Content-Type-Options', 'nosniff');
  });
  const ofAll = ['', '/mcp'].map(path => `/.well-known/oauth-protected-resource${path}`);
  for (const path of [...ofAll, '/mcp/.well-known/oauth-protected-resource']) {
    app.get(path, context => context.json(describeResource(deps, context.req.header('host'))));
  }
  const ofOne = [
    '/.well-known/oauth-protected-resource/mcp/:server',
    '/mcp/:server/.well-known/oauth-protected-resource',
  ];
  for (const path of ofOne) {
    app.get(path, context => {
      const server = context.req.param('server') ?? '';
      if (!SERVER_NAME.test(server)) return context.notFound();
      return context.json(describeResource(deps, context.req.header('host'), server));
    });
  }
  for (const path of ['/.well-known/jwks.json', '/mcp/:server/.well-known/jwks.json']) {
    app.get(path, async context => context.json(await deps.keyRing.jwks()));
  }
  return app;
}
