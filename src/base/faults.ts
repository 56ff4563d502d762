/**
 * Every way in which the gateway says no. A row gives the HTTP status, the JSON-RPC code and the public sentence;
 * nothing else of an error reaches the wire. Codes 1001-1011 lie outside the range that JSON-RPC reserves, as MCP
 * 2026-07-28 asks of implementations (basic, "Error Codes").
 */
const table = {
  // What the client sent.
  parse_error: { status: 400, code: -32700, says: 'Parse error: the body is not valid UTF-8 JSON' },
  invalid_request: { status: 400, code: -32600, says: 'Invalid request' },
  method_not_found: { status: 200, code: -32601, says: 'Method not found' },
  invalid_params: { status: 200, code: -32602, says: 'Invalid params' },
  unknown_target: { status: 200, code: -32602, says: 'Unknown name, or not permitted' },
  resource_not_found: { status: 200, code: -32002, says: 'Resource not found' },
  header_mismatch: { status: 400, code: -32020, says: 'A header does not match the body' },
  missing_capability: { status: 400, code: -32021, says: 'A required client capability was not declared' },
  unsupported_version: { status: 400, code: -32022, says: 'Unsupported protocol version' },
  session_not_found: { status: 404, code: -32600, says: 'Session not found' },
  too_large: { status: 413, code: -32600, says: 'The body is too large' },
  bad_header: { status: 400, code: -32600, says: 'A header is malformed or given twice' },
  bad_path: { status: 400, code: -32600, says: 'The path is malformed' },
  not_found: { status: 404, code: -32600, says: 'Not found' },
  method_not_allowed: { status: 405, code: -32600, says: 'Method not allowed' },
  not_acceptable: { status: 406, code: -32600, says: 'Accept must allow text/event-stream' },
  wrong_host: { status: 421, code: -32600, says: 'This gateway does not answer to that Host' },
  origin_refused: { status: 403, code: -32600, says: 'This Origin is not allowed' },
  request_timeout: { status: 408, code: -32600, says: 'The request took too long to arrive' },
  // Who sent it.
  unauthorized: { status: 401, code: -32600, says: 'Authentication required' },
  insufficient_scope: { status: 403, code: -32600, says: 'The token does not cover this' },
  password_needed: { status: 403, code: -32600, says: 'Give your password again: it was too long ago' },
  conflict: { status: 409, code: -32600, says: 'It is taken, or was changed meanwhile' },
  payload_refused: {
    status: 200,
    code: 1011,
    says: 'Something in it looks like an attack; it was not sent on',
  },
  // Limits and states of the gateway.
  limit_exceeded: { status: 429, code: 1005, says: 'Limit exceeded' },
  overloaded: { status: 503, code: -32603, says: 'The gateway is starting, stopping or overloaded' },
  internal: { status: 500, code: -32603, says: 'Internal error' },
  // What stands behind it.
  upstream_unreachable: { status: 200, code: 1001, says: 'The server cannot be reached' },
  upstream_timeout: { status: 200, code: 1002, says: 'The server did not answer in time' },
  upstream_refused: { status: 200, code: 1003, says: 'The server refused the gateway’s credential' },
  era_unsupported: { status: 200, code: 1004, says: 'The server does not speak this protocol era' },
  not_connected: { status: 200, code: 1006, says: 'Not connected to the server yet' },
  server_disabled: { status: 200, code: 1007, says: 'The server is disabled' },
  outcome_unknown: { status: 200, code: 1008, says: 'The connection broke; the call may have run' },
  upstream_invalid: { status: 200, code: 1009, says: 'The server’s answer is not valid' },
  access_ended: { status: 200, code: 1010, says: 'Access was ended at the gateway while the call ran' },
} as const satisfies Record<string, { status: number; code: number; says: string }>;

export type FaultName = keyof typeof table;

export type FaultDetail = {
  /** The server as configured, never its address. */
  readonly server?: string;
  readonly retryAfterMs?: number;
  readonly mayHaveRun?: boolean;
  readonly [key: string]: unknown;
};

type FaultOptions = {
  readonly says?: string;
  readonly data?: FaultDetail;
  readonly status?: number;
  readonly cause?: unknown;
};

/** A refusal or failure with a name. `says` replaces the public sentence, `data` goes into the error's `data`. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly fault: FaultName;
  readonly status: number;
  readonly code: number;
  readonly data: FaultDetail | undefined;

  constructor(fault: FaultName, options: FaultOptions = {}) {
    super(options.says ?? table[fault].says, { cause: options.cause });
    this.fault = fault;
    this.status = options.status ?? table[fault].status;
    this.code = table[fault].code;
    this.data = options.data;
  }
}

/** Whatever was thrown, as a Fault: what has no name is `internal`, and its text stays inside. */
export function toFault(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : new Fault('internal', { cause: thrown });
}

export const faultNames = Object.keys(table) as readonly FaultName[];
