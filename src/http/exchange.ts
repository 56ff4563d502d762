import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request at the door and the way to answer it. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Stands in errors and in the ledger, so that a person can name what went wrong. */
  readonly id: string;
  /** Canonical: one leading slash, no trailing one, no escapes that could read as a separator. */
  readonly path: string;
  readonly query: string;
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `performance.now()` at arrival. */
  readonly startedAt: number;
};

/** The value of a header that may stand once; a door check refused doubled ones already. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
