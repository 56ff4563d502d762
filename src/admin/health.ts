import { Fault, toFault } from '../base/index.ts';
import { type Exchange, header, type Route, sendFault, sendJson, sendText } from '../http/index.ts';

export type HealthDeps = {
  readonly version: string;
  readonly commit: string | undefined;
  isReady(): boolean;
  metrics(): string;
  /** Whether anybody on this machine may read `/metrics`. */
  readonly isPrivate: boolean;
  /** Throws unless the credential has the scope `metrics`. */
  checkMetrics(authorization: string | undefined): Promise<void>;
};

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

async function sendMetrics(exchange: Exchange, deps: HealthDeps): Promise<void> {
  try {
    const { request, address } = exchange;
    const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    // A proxy on this machine speaks for others.
    const isOpen = deps.isPrivate && isLoopback(peer) && isLoopback(address);
    if (!isOpen) await deps.checkMetrics(header(exchange.request, 'authorization'));
    sendText(exchange, 200, 'text/plain; version=0.0.4; charset=utf-8', deps.metrics());
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.status === 401) exchange.response.setHeader('www-authenticate', 'Bearer scope="metrics"');
    sendFault(exchange, fault);
  }
}

/** `/livez`, `/readyz`, `/health` and `/metrics`. A stranger learns nothing but whether it runs. */
export function createHealth(deps: HealthDeps): Route {
  const answers: ReadonlyMap<string, (exchange: Exchange) => void> = new Map([
    ['/livez', exchange => sendText(exchange, 200, 'text/plain', 'ok\n')],
    [
      '/readyz',
      exchange =>
        deps.isReady()
          ? sendText(exchange, 200, 'text/plain', 'ok\n')
          : sendFault(exchange, new Fault('overloaded')),
    ],
    [
      '/health',
      exchange =>
        sendJson(exchange, 200, {
          status: 'ok',
          version: deps.version,
          ...(deps.commit && { commit: deps.commit }),
        }),
    ],
    ['/metrics', exchange => void sendMetrics(exchange, deps)],
  ]);
  return exchange => {
    const answer = answers.get(exchange.path);
    if (!answer) return false;
    if (exchange.request.method !== 'GET' && exchange.request.method !== 'HEAD')
      sendFault(exchange, new Fault('method_not_allowed'));
    else answer(exchange);
    return true;
  };
}
