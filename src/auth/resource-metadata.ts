import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { SERVER_NAME } from '../mcp/index.ts';
import { scopeOf } from '../policy/index.ts';
import type { KeyRing } from './key-ring.ts';
import { asAsked, endpointPath, type Root } from './origins.ts';

export type MetadataDeps = {
  readonly keyRing: KeyRing;
  /** The public origin; the only authorization server. */
  readonly origin: () => string;
};

type Asked = { readonly host: string | undefined; readonly root: Root; readonly server?: string };

/** RFC 9728 section 2. `resource` is the endpoint's URL to the letter: clients compare it with what they called. */
function describeResource(deps: MetadataDeps, { host, root, server }: Asked): object {
  const origin = deps.origin();
  return {
    resource: asAsked(origin, host) + endpointPath(server, root),
    authorization_servers: [origin],
    scopes_supported: server === undefined ? [scopeOf()] : [scopeOf(server), scopeOf()],
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
  const known = '/.well-known/oauth-protected-resource';
  const hostOf = (context: Context) => context.req.header('host');
  app.get(known, context => context.json(describeResource(deps, { host: hostOf(context), root: '/mcp' })));
  for (const root of ['/mcp', '/sse'] as const) {
    for (const path of [known + root, root + known])
      app.get(path, context => context.json(describeResource(deps, { host: hostOf(context), root })));
    for (const path of [`${known}${root}/:server`, `${root}/:server${known}`] as const) {
      app.get(path, context => {
        const server = context.req.param('server') ?? '';
        if (!SERVER_NAME.test(server)) return context.notFound();
        return context.json(describeResource(deps, { host: hostOf(context), root, server }));
      });
    }
  }
  for (const path of ['/.well-known/jwks.json', '/mcp/:server/.well-known/jwks.json']) {
    app.get(path, async context => context.json(await deps.keyRing.jwks()));
  }
  return app;
}
