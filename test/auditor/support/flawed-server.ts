import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLocal, serve } from '../../fixtures/serve.ts';
import { definitionsOf } from './flawed-definitions.ts';
import type { Flaw } from './flaws.ts';

type Json = Readonly<Record<string, unknown>>;
type Options = { readonly era?: 'legacy' | 'modern'; readonly flaws?: Iterable<Flaw> };

export type FlawedServer = {
  readonly url: string;
  /** Good ones, of two people. */
  readonly token: string;
  readonly otherToken: string;
  /** Names of the tools that were called. */
  readonly called: readonly string[];
  readonly close: () => Promise<void>;
};

const MAX_BYTES = 4 * 1024 * 1024;
const PINGS = 100;
const GUESSES = 30;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (sub: string, aud: string) =>
  `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode({ sub, aud })}.${randomBytes(32).toString('base64url')}`;

type World = {
  readonly has: (flaw: Flaw) => boolean;
  readonly isModern: boolean;
  readonly origin: () => string;
  readonly people: Map<string, string>;
  readonly sessions: Map<string, string>;
  readonly called: string[];
  pings: number;
  guesses: number;
};

type Asked = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: string;
};

/** A server that does everything right but for the flaws that it is given. */
export async function startFlawed({ era = 'legacy', flaws = [] }: Options = {}): Promise<FlawedServer> {
  const planted = new Set(flaws);
  let origin = '';
  const world: World = {
    has: flaw => planted.has(flaw),
    isModern: era === 'modern',
    origin: () => origin,
    people: new Map(),
    sessions: new Map(),
    called: [],
    pings: 0,
    guesses: 0,
  };
  const served = await serve((request, response) => void answer(world, request, response));
  origin = served.origin;
  const audience = planted.has('foreign-audience') ? 'https://files.audit.invalid/mcp' : `${origin}/mcp`;
  const [token, otherToken] = [jwt('alice', audience), jwt('bob', audience)];
  world.people.set(token, 'alice').set(otherToken, 'bob');
  return { url: `${origin}/mcp`, token, otherToken, called: world.called, close: served.close };
}

function send(world: World, response: ServerResponse, status: number, body?: unknown): void {
  const type = world.has('content-type') ? 'text/plain' : 'application/json';
  if (world.has('server-version')) response.setHeader('x-powered-by', 'Express');
  if (body === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

/** Reads at most what it should; undefined: more came. */
async function read(world: World, request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BYTES && !world.has('huge-message')) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.origin());
  if (url.pathname.startsWith('/.well-known/')) return sendDocument(world, url, response);
  const { origin, host } = request.headers;
  if (origin !== undefined && world.has('open-cors')) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-credentials', 'true');
  }
  const isOwn = isLocal({ headers: { host } } as IncomingMessage);
  if (!isOwn && !world.has('foreign-host')) return send(world, response, 403, {});
  if (origin !== undefined && !world.has('foreign-origin')) return send(world, response, 403, {});
  const body = await read(world, request);
  if (body === undefined) {
    send(world, response, 413, {});
    return void request.destroy();
  }
  hear(world, { request, response, url, body });
}

function sendDocument(world: World, { pathname }: URL, response: ServerResponse): void {
  const origin = world.origin();
  if (pathname === '/.well-known/oauth-protected-resource/mcp' && !world.has('no-resource-metadata')) {
    const resource = world.has('resource-mismatch') ? 'https://files.audit.invalid/mcp' : `${origin}/mcp`;
    return send(world, response, 200, { resource, authorization_servers: [origin] });
  }
  if (pathname !== '/.well-known/oauth-authorization-server') return send(world, response, 404, {});
  const insecure = world.has('insecure-authorization') ? 'http://login.audit.invalid' : origin;
  send(world, response, 200, {
    issuer: world.has('issuer-mismatch') ? `${origin}/another` : origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${insecure}/token`,
    code_challenge_methods_supported: world.has('pkce') ? ['plain', 'S256'] : ['S256'],
  });
}

const OPEN: Readonly<Record<string, Flaw>> = {
  'tools/list': 'anyone-lists',
  'tools/call': 'anyone-calls',
  initialize: 'anyone-initializes',
  'server/discover': 'anyone-initializes',
};

function tokenOf(world: World, { request, url }: Asked): string | undefined {
  const inQuery = world.has('token-in-query') ? url.searchParams.get('access_token') : null;
  return /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? inQuery ?? undefined;
}

function whoShows(world: World, token: string): string | undefined {
  const known = world.people.get(token);
  if (known !== undefined) return known;
  if (world.has('any-token') && !token.includes('.')) return 'somebody';
  const { alg } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString() || '{}');
  return world.has('unsigned-token') && alg === 'none' ? 'somebody' : undefined;
}

/** Who asks; undefined: nobody who is known. */
function callerOf(world: World, asked: Asked, method: string): string | undefined {
  const session = sessionOf(asked);
  const token = tokenOf(world, asked);
  if (token !== undefined) {
    try {
      const caller = whoShows(world, token);
      if (caller !== undefined) return caller;
    } catch {
      // No JWT.
    }
    world.guesses++;
  }
  const flaw = OPEN[method];
  if (flaw !== undefined && world.has(flaw) && token === undefined) return 'stranger';
  if (session !== undefined && world.has('session-is-login')) return world.sessions.get(session);
  return undefined;
}

function sessionOf({ request }: Asked): string | undefined {
  const given = request.headers['mcp-session-id'];
  return typeof given === 'string' ? given : undefined;
}

function refuseStranger(world: World, { response }: Asked): void {
  if (world.guesses > GUESSES && !world.has('no-guess-limit')) return send(world, response, 429, {});
  const metadata = `${world.origin()}/.well-known/oauth-protected-resource/mcp`;
  if (!world.has('no-challenge'))
    response.setHeader('www-authenticate', `Bearer resource_metadata="${metadata}"`);
  send(world, response, 401, {});
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const error = (id: unknown, code: number, message: string) => ({
  ...{ jsonrpc: '2.0', id: id ?? null },
  error: { code, message },
});

function hear(world: World, asked: Asked): void {
  const { response, request, body } = asked;
  const message = parse(body);
  const method = String((message as Json | undefined)?.method ?? '');
  const caller = callerOf(world, asked, method);
  if (caller === undefined) return refuseStranger(world, asked);
  if (request.method === 'DELETE') {
    if (!world.has('ended-session')) world.sessions.delete(sessionOf(asked) ?? '');
    return send(world, response, 204);
  }
  if (message === undefined)
    return world.has('bad-json')
      ? send(world, response, 500, {})
      : send(world, response, 400, error(null, -32700, 'No JSON'));
  if (body.includes('['.repeat(1_000)))
    return send(world, response, world.has('deep-message') ? 500 : 400, error(null, -32600, 'Too deep'));
  if (Array.isArray(message))
    return world.has('batch')
      ? send(
          world,
          response,
          200,
          message.map(one => ({ jsonrpc: '2.0', id: one.id, result: {} })),
        )
      : send(world, response, 400, error(null, -32600, 'No batches'));
  answerOne(world, asked, { message: message as Json, method, caller });
}

type One = { readonly message: Json; readonly method: string; readonly caller: string };

function answerOne(world: World, asked: Asked, { message, method, caller }: One): void {
  const { response, request } = asked;
  if (method.startsWith('notifications/')) return send(world, response, 202);
  if (method === 'initialize') return begin(world, asked, { message, method, caller });
  const session = sessionOf(asked);
  const owner = session === undefined ? caller : world.sessions.get(session);
  const isWrong =
    session !== undefined &&
    ((owner === undefined && !world.has('unknown-session')) ||
      (owner !== undefined && owner !== caller && caller !== 'stranger' && !world.has('foreign-session')));
  if (isWrong) return send(world, response, 404, error(message.id, -32001, 'No such session'));
  const version = request.headers['mcp-protocol-version'];
  if (version === '1999-01-01' && !world.has('unknown-version'))
    return send(world, response, 400, error(message.id, -32022, 'No such version'));
  if (isTooMany(world, method)) return send(world, response, 429, error(message.id, -32000, 'Too many'));
  const result = resultOf(world, method, message);
  const isUnknown = result === undefined && !world.has('unknown-method');
  if (isUnknown) return send(world, response, 200, error(message.id, -32601, 'No such method'));
  const body = { jsonrpc: '2.0', id: message.id };
  send(
    world,
    response,
    200,
    result instanceof Refused ? { ...body, error: result } : { ...body, result: result ?? {} },
  );
}

/** What a flood is made of. */
function isTooMany(world: World, method: string): boolean {
  if (method !== (world.isModern ? 'tools/list' : 'ping')) return false;
  world.pings++;
  return world.pings > PINGS && !world.has('no-limit');
}

function begin(world: World, asked: Asked, { message, caller }: One): void {
  if (world.isModern) return send(world, asked.response, 200, error(message.id, -32601, 'No such method'));
  const given = sessionOf(asked);
  const own = world.has('weak-session-ids')
    ? `session-${1000 + world.sessions.size}`
    : randomBytes(16).toString('hex');
  const id = given !== undefined && world.has('chosen-session-id') ? given : own;
  world.sessions.set(id, caller);
  asked.response.setHeader('mcp-session-id', id);
  const serverInfo = { name: 'flawed', version: '1' };
  const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
  send(world, asked.response, 200, { jsonrpc: '2.0', id: message.id, result });
}

class Refused {
  readonly code = -32602;
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

function resultOf(world: World, method: string, { params }: Json): unknown {
  if (method === 'ping') return world.isModern ? undefined : {};
  if (method === 'tools/list') return { tools: definitionsOf(world.has) };
  if (method === 'prompts/list') return { prompts: [] };
  if (method === 'resources/list') return { resources: [] };
  if (method === 'server/discover' && world.isModern)
    return {
      supportedVersions: ['2026-07-28'],
      capabilities: {},
      serverInfo: { name: 'flawed', version: '1' },
    };
  if (method !== 'tools/call' && method !== 'resources/read') return undefined;
  const name = String((params as Json).name);
  const isKnown = definitionsOf(world.has).some(one => one.name === name);
  if (isKnown) {
    world.called.push(name);
    return { content: [] };
  }
  const trace = new Error('no such tool').stack ?? '';
  return new Refused(world.has('stack-traces') ? trace : 'There is no such thing');
}
