import type { Secret } from '../../../base/index.ts';
import { isObject, LATEST_LEGACY, META, MODERN_REVISIONS } from '../../../mcp/index.ts';
import { modernHeaders, modernMeta } from '../../../upstream/index.ts';
import { type Answer, headerOf, readJson } from '../asking.ts';
import { type Doc, refusalText, textIn, textsIn } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';
import { bearerChallenge } from './challenge-header.ts';
import { HELLO, JSON_OR_STREAM } from './knock.ts';

/** The endpoint, and what opens it. */
export type Opened = { readonly url: URL; readonly token: Secret };

type Message = { readonly method: string; readonly id?: number; readonly params: object };

function post(
  probe: Probe,
  { url, token }: Opened,
  message: Message,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return probe.ask(url, {
    method: 'POST',
    headers: { ...JSON_OR_STREAM, ...headers, authorization: `Bearer ${token.reveal()}` },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    ...(message.id === undefined ? {} : { rpcId: message.id }),
  });
}

/** The result of a call; undefined where it was answered by an error. A refused token ends the walk. */
function resultOf({ status, headers, body }: Answer): Doc | undefined {
  if (status === 401 || status === 403) {
    const challenge = bearerChallenge(headerOf(headers, 'www-authenticate'));
    const said = [challenge?.get('error'), challenge?.get('error_description'), challenge?.get('scope')];
    const seen = `HTTP ${status} ${said.filter(Boolean).join(', ')}`.trim();
    throw new Stop(status === 401 ? 'token_refused' : 'scope_refused', seen);
  }
  const message = readJson(body);
  return isObject(message) && isObject(message.result) ? message.result : undefined;
}

/** The error that stands in an answer, or else its status. */
function failure(method: string, { status, body }: Answer): Stop {
  const message = readJson(body);
  const error = isObject(message) && isObject(message.error) ? message.error : undefined;
  const text = error ? `${error.code} ${error.message}` : refusalText(status, body);
  return new Stop('call_failed', `${method}: ${text}`);
}

/** Makes the first calls of a client of 2026-07-28, or of 2025 where the server does not know that. */
export async function callFirst(probe: Probe, opened: Opened): Promise<void> {
  const tools = (await callModern(probe, opened)) ?? (await callLegacy(probe, opened));
  probe.fact(`tools/list: ${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`);
}

async function callModern(probe: Probe, opened: Opened): Promise<readonly unknown[] | undefined> {
  const _meta = modernMeta(0, HELLO.params.clientInfo);
  const ask = (id: number, method: string) =>
    post(probe, opened, { id, method, params: { _meta } }, modernHeaders(method));
  const discovered = resultOf(await ask(1, 'server/discover'));
  const versions = discovered && textsIn(discovered, 'supportedVersions');
  if (!discovered || !versions?.some(version => MODERN_REVISIONS.includes(version))) return undefined;
  probe.fact(`${nameIn(discovered)} speaks ${versions.join(', ')}`);
  return toolsIn(await ask(2, 'tools/list'));
}

async function callLegacy(probe: Probe, opened: Opened): Promise<readonly unknown[]> {
  const hello = await post(probe, opened, HELLO, {});
  const welcome = resultOf(hello);
  if (!welcome) throw failure('initialize', hello);
  const version = textIn(welcome, 'protocolVersion') ?? LATEST_LEGACY;
  const session = headerOf(hello.headers, 'mcp-session-id');
  const headers = {
    'mcp-protocol-version': version,
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
  };
  probe.fact(`${nameIn(welcome)} speaks ${version}`);
  await post(probe, opened, { method: 'notifications/initialized', params: {} }, headers);
  const tools = toolsIn(await post(probe, opened, { id: 2, method: 'tools/list', params: {} }, headers));
  if (session !== undefined) await endSession(probe, opened, headers);
  return tools;
}

function endSession(
  probe: Probe,
  { url, token }: Opened,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const authorization = `Bearer ${token.reveal()}`;
  return probe.ask(url, { method: 'DELETE', headers: { ...headers, authorization } });
}

function toolsIn(answer: Answer): readonly unknown[] {
  const tools = resultOf(answer)?.tools;
  if (Array.isArray(tools)) return tools;
  throw failure('tools/list', answer);
}

function nameIn(result: Doc): string {
  const meta = isObject(result._meta) ? result._meta : {};
  const info = result.serverInfo ?? meta[META.serverInfo];
  return (isObject(info) && textIn(info, 'name')) || 'the server';
}
