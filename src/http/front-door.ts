import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, toFault, uuidv7 } from '../base/index.ts';
import { answerPreflight, setCors } from './cors.ts';
import {
  canonicalPath,
  checkHostAndOrigin,
  type DoorRules,
  refuseDoubledHeaders,
  refuseMethod,
} from './door.ts';
import { type Exchange, header } from './exchange.ts';
import { sendFault } from './reply.ts';

/** Answers one request, or says by `false` that the path is not its own. */
export type Route = (exchange: Exchange) => boolean;

export type FrontDoorDeps = {
  readonly rules: DoorRules;
  readonly clock: Clock;
  /** Tried in order. */
  readonly routes: readonly Route[];
  readAddress(peer: string, forwardedFor: string | undefined): string;
  /** What was refused before any route saw it. */
  onRefused(exchange: Exchange, fault: ReturnType<typeof toFault>): void;
};

/** The exchange while its path is not known yet. */
type Opening = { -readonly [Key in keyof Exchange]: Exchange[Key] };

function open(request: IncomingMessage, response: ServerResponse, deps: FrontDoorDeps): Opening {
  const at = deps.clock.now();
  const address = deps.readAddress(request.socket.remoteAddress ?? '', header(request, 'x-forwarded-for'));
  return {
    request,
    response,
    id: uuidv7(at),
    path: '',
    query: '',
    address,
    at,
    startedAt: performance.now(),
  };
}

/** The listener of the process: what is wrong with any request is said here, before a route sees it. */
export function createFrontDoor(
  deps: FrontDoorDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = open(request, response, deps);
    try {
      refuseDoubledHeaders(request);
      const { path, query } = canonicalPath(request.url ?? '');
      checkHostAndOrigin(request, path, deps.rules);
      refuseMethod(request, response);
      const origin = header(request, 'origin');
      if (origin !== undefined) setCors(response, origin);
      if (request.method === 'OPTIONS')
        return answerPreflight(response, header(request, 'access-control-request-headers'));
      exchange.path = path;
      exchange.query = query;
      for (const route of deps.routes) if (route(exchange)) return;
      sendFault(exchange, toFault(undefined));
    } catch (thrown) {
      const fault = toFault(thrown);
      deps.onRefused(exchange, fault);
      sendFault(exchange, fault);
    }
  };
}
