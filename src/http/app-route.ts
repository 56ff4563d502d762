import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type BodyLimits, readRequestBody } from './body.ts';
import type { Route } from './front-door.ts';

/** The Node request and response, and the id by which people name the request. */
type Bindings = {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly requestId: string;
};

/** An application of the Fetch API, with these beside it. */
export type App = {
  readonly fetch: (request: Request, env: Bindings) => Response | Promise<Response>;
};

/** Pages and small JSON: what is larger is none of them. */
const BODY_BYTES = 16 * 1024;
const BODY_MS = 15_000;

/**
 * The body when it is asked for, within its limits whether its length was announced or not: reading it throws
 * `too_large` or `request_timeout`, which the application says in its own way.
 */
function bodyOf(incoming: IncomingMessage, limits: BodyLimits): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async controller => {
      try {
        const body = await readRequestBody(incoming, limits);
        if (body.length > 0) controller.enqueue(new Uint8Array(body));
        controller.close();
      } catch (fault) {
        controller.error(fault);
      }
    },
  });
}

function requestOf(
  { url, method, headers }: Request,
  incoming: IncomingMessage,
  limits: BodyLimits,
): Request {
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: bodyOf(incoming, limits), duplex: 'half' });
}

/** Such an application as a route of the front door; `takes` says which paths are its own, `bytes` how large a body may be. */
export function appRoute(app: App, takes: (path: string) => boolean, bytes = BODY_BYTES): Route {
  const limits = { bytes, ms: BODY_MS };
  const ids = new WeakMap<IncomingMessage, string>();
  const answer = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as Omit<Bindings, 'requestId'>;
      const requestId = ids.get(incoming) ?? '';
      return app.fetch(requestOf(request, incoming, limits), { incoming, outgoing, requestId });
    },
    { overrideGlobalObjects: false },
  );
  return exchange => {
    if (!takes(exchange.path)) return false;
    ids.set(exchange.request, exchange.id);
    void answer(exchange.request, exchange.response);
    return true;
  };
}
