import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Fault, toFault } from '../../base/index.ts';

/** A refusal of `/auth/*` in the form that its clients know. */
export function refuse(
  context: Context,
  status: ContentfulStatusCode,
  errorCode: string,
  detail: string,
): Response {
  return context.json({ detail, error_code: errorCode }, status);
}

const CODES: Partial<Record<Fault['fault'], string>> = {
  limit_exceeded: 'RATE_LIMIT_EXCEEDED',
  overloaded: 'OVERLOADED',
  too_large: 'REQUEST_TOO_LARGE',
  unauthorized: 'INVALID_TOKEN',
};

/** Whatever a route threw. What has no name stays inside. */
export function refuseFault(context: Context, thrown: unknown): Response {
  const fault = toFault(thrown);
  const { retryAfterMs } = fault.data ?? {};
  if (retryAfterMs !== undefined) context.header('Retry-After', `${Math.ceil(retryAfterMs / 1000)}`);
  const code = CODES[fault.fault] ?? 'INTERNAL_ERROR';
  return refuse(context, fault.status as ContentfulStatusCode, code, fault.message);
}
