import type { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Route } from './front-door.ts';

/** An application of the Fetch API, with the Node request beside it. */
export type App = {
  readonly fetch: (request: Request, env: { incoming: IncomingMessage }) => Response | Promise<Response>;
};

/** Such an application as a route of the front door; `takes` says which paths are its own. */
export function appRoute(app: App, takes: (path: string) => boolean): Route {
  const answer = getRequestListener(
    (request, env) => app.fetch(request, env as { incoming: IncomingMessage }),
    {
      overrideGlobalObjects: false,
    },
  );
  return exchange => {
    if (!takes(exchange.path)) return false;
    void answer(exchange.request, exchange.response);
    return true;
  };
}
