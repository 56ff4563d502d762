import { randomToken, type Secret } from '../base/index.ts';
import { isObject, LATEST_LEGACY, LATEST_MODERN, META, type Params } from '../mcp/index.ts';
import type { Answer, Wire } from './wire.ts';

export type Era = 'legacy' | 'modern';

/** A request of MCP as the auditor says it; what is not given is as a well-behaved client would send it. */
export type Request = {
  readonly method: string;
  readonly params?: Params;
  readonly token?: Secret | undefined;
  readonly session?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the endpoint. */
  readonly url?: URL;
};

/** An answer with the JSON-RPC message in it, if there is one. */
export type Said = Answer & { readonly message: Params | undefined };

const CLIENT: Params = { name: 'authmcp-gateway-audit', version: '2' };

const envelope = (): Params => ({
  [META.protocolVersion]: LATEST_MODERN,
  [META.clientCapabilities]: {},
  [META.clientInfo]: CLIENT,
});

export const HELLO: Readonly<Record<Era, { readonly method: string; readonly params: Params }>> = {
  legacy: {
    method: 'initialize',
    params: { protocolVersion: LATEST_LEGACY, capabilities: {}, clientInfo: CLIENT },
  },
  modern: { method: 'server/discover', params: {} },
};

/** The header that shows a token, where there is one. */
export const bearer = (token: Secret | undefined): Readonly<Record<string, string>> =>
  token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };

/** Headers of a POST in this era. `session` and `token` where there are any. */
export function headersOf(era: Era, { method, token, session, params, headers }: Request) {
  const named = isObject(params) && typeof params.name === 'string' ? { 'mcp-name': params.name } : {};
  const modern = { 'mcp-protocol-version': LATEST_MODERN, 'mcp-method': method, ...named };
  const legacy = method === 'initialize' ? {} : { 'mcp-protocol-version': LATEST_LEGACY };
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(era === 'modern' ? modern : legacy),
    ...bearer(token),
    ...(session !== undefined && { 'mcp-session-id': session }),
    ...headers,
  };
}

/** The body of a request in this era, with an id of its own. */
export function bodyOf(era: Era, { method, params = {} }: Request, id: string): string {
  const said = era === 'modern' ? { ...params, _meta: envelope() } : params;
  return JSON.stringify({ jsonrpc: '2.0', id, method, params: said });
}

function* candidates(text: string): Iterable<string> {
  yield text;
  for (const frame of text.split(/\r?\n\r?\n/)) {
    const lines = frame.split(/\r?\n/).filter(line => line.startsWith('data:'));
    if (lines.length > 0) yield lines.map(line => line.slice(5).replace(/^ /, '')).join('\n');
  }
}

/** The response to `id` in a JSON body or an event stream; undefined: none. */
export function responseIn(text: string, id: string): Params | undefined {
  for (const candidate of candidates(text)) {
    let message: unknown;
    try {
      message = JSON.parse(candidate);
    } catch {
      continue;
    }
    if (!isObject(message) || !('result' in message || 'error' in message)) continue;
    // What refuses before it reads has no id to answer to.
    if (message.id === id || message.id === null || message.id === undefined) return message;
  }
  return undefined;
}

/** Says one request and hears its answer. */
export async function say(wire: Wire, era: Era, request: Request & { readonly url: URL }): Promise<Said> {
  const id = `audit-${randomToken(6)}`;
  const answer = await wire.send({
    url: request.url,
    headers: headersOf(era, request),
    body: bodyOf(era, request, id),
    isEnough: text => text.includes(id) && responseIn(text, id) !== undefined,
  });
  return { ...answer, message: answer.kind === 'answer' ? responseIn(answer.text, id) : undefined };
}

export const hasResult = ({ message }: Said): boolean => message !== undefined && 'result' in message;

export const statusOf = (said: Answer): number => (said.kind === 'answer' ? said.status : 0);

/** The server saw that nobody was known, before it looked at what was asked. */
export const isGuarded = (said: Said): boolean => statusOf(said) === 401 || statusOf(said) === 403;

export const errorCode = ({ message }: Said): unknown =>
  isObject(message?.error) ? message.error.code : undefined;

/** What was answered, in a few words for a report. */
export function brief(said: Answer): string {
  if (said.kind === 'none') return said.why;
  const text = said.text.replace(/\s+/g, ' ').trim().slice(0, 160);
  return `${said.status}${text === '' ? '' : ` ${text}`}`;
}
