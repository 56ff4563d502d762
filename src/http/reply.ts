import type { Fault } from '../base/index.ts';
import type { Exchange } from './exchange.ts';

/** On every answer: it is what it says it is, and nobody keeps it. */
const PLAIN_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
} as const;

/** Statuses after which the connection is not worth keeping: the rest of the request may still be on its way. */
const CLOSING = new Set([408, 413]);

export function sendText(exchange: Exchange, status: number, type: string, body: string): void {
  const { response } = exchange;
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    ...PLAIN_HEADERS,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function sendJson(exchange: Exchange, status: number, value: unknown): void {
  sendText(exchange, status, 'application/json', JSON.stringify(value));
}

/** `{ jsonrpc, id?, error }` as text. An error without a known id has none (2026-07-28 streamable-http). */
export function faultAsRpc(fault: Fault, idText: string | undefined, requestId: string): string {
  const data = { ...fault.data, requestId };
  const error = JSON.stringify({ code: fault.code, message: fault.message, data });
  return `{"jsonrpc":"2.0",${idText === undefined ? '' : `"id":${idText},`}"error":${error}}`;
}

function setFaultHeaders(exchange: Exchange, fault: Fault): void {
  const { response } = exchange;
  if (fault.data?.retryAfterMs !== undefined)
    response.setHeader('retry-after', Math.max(1, Math.ceil(fault.data.retryAfterMs / 1000)));
  if (CLOSING.has(fault.status)) response.setHeader('connection', 'close');
}

/** Says a fault on an MCP path: a JSON-RPC error with its HTTP status. */
export function sendRpcFault(exchange: Exchange, fault: Fault, idText: string | undefined): void {
  if (exchange.response.headersSent) return void exchange.response.destroy();
  setFaultHeaders(exchange, fault);
  sendText(exchange, fault.status, 'application/json', faultAsRpc(fault, idText, exchange.id));
}

/**
 * Says no before anybody is known. No message was read, so this is no JSON-RPC error; what a client needs stands in
 * `WWW-Authenticate` (RFC 6750 section 3) and `Retry-After`.
 */
export function sendRefusal(exchange: Exchange, fault: Fault): void {
  setFaultHeaders(exchange, fault);
  sendJson(exchange, fault.status, { detail: fault.message, requestId: exchange.id });
}

/** Says a fault anywhere else. */
export function sendFault(exchange: Exchange, fault: Fault): void {
  if (exchange.response.headersSent) return void exchange.response.destroy();
  setFaultHeaders(exchange, fault);
  const status = fault.status === 200 ? 500 : fault.status;
  sendJson(exchange, status, { error: fault.fault, message: fault.message, requestId: exchange.id });
}
