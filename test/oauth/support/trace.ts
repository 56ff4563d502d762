import { expect } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import { type Answer, type Json, makePkce, PASSWORD, type Params, type World } from './world.ts';

/** What a client is known to ask, in its order. */
export type Trace = {
  readonly client: string;
  /** Its headers at `/mcp`, besides the type of the body. */
  readonly headers: Readonly<Record<string, string>>;
  /** The version that it offers. */
  readonly version: string;
  /** The documents that it asks for, and whether there is one. */
  readonly discovery: readonly (readonly [path: string, status: number])[];
  /** What it sends to be registered; or the address of its document. */
  readonly registration: { readonly at: string; readonly body: Json } | { readonly document: string };
  /** The redirect that it uses, of those it registered, at the port that was free. */
  readonly redirect: string;
  /** Besides what RFC 6749 and RFC 7636 require. */
  readonly authorize: Params;
  readonly tokenPath: string;
  /** What it looks at in the answers and nobody else does. */
  readonly looks?: (seen: Seen) => void | Promise<void>;
};

export type Seen = {
  readonly registered: Json;
  readonly tokens: Json;
  readonly tools: readonly Json[];
  readonly userinfo: () => Promise<Json>;
};

type Client = { readonly id: string; readonly secret: string | undefined; readonly registered: Json };

const ACCEPT = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

async function mcp(world: World, trace: Trace, message: object, more: Readonly<Record<string, string>> = {}) {
  const response = await fetch(world.url('/mcp'), {
    method: 'POST',
    headers: { ...ACCEPT, ...trace.headers, ...more },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return { response, body: (data === '' ? {} : JSON.parse(data)) as { readonly result?: Json } };
}

const initialize = ({ client, version }: Trace) => ({
  id: 0,
  method: 'initialize',
  params: { protocolVersion: version, capabilities: {}, clientInfo: { name: client, version: '1' } },
});

async function discover(world: World, { discovery }: Trace): Promise<void> {
  for (const [path, status] of discovery) {
    const response = await fetch(world.url(path));
    expect([path, response.status]).toEqual([path, status]);
    await response.arrayBuffer();
  }
}

async function becomeKnown(world: World, { registration }: Trace): Promise<Client> {
  if ('document' in registration) return { id: registration.document, secret: undefined, registered: {} };
  const response = await fetch(world.url(registration.at), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(registration.body),
  });
  const registered = (await response.json()) as Json;
  expect([response.status, registered.error]).toEqual([201, undefined]);
  const { client_id, client_secret } = registered;
  return { id: String(client_id), secret: client_secret as string | undefined, registered };
}

async function authorize(world: World, trace: Trace, client: Client): Promise<Answer> {
  const { verifier, challenge } = makePkce();
  const { redirect } = trace;
  const fill = { name: 'alice', password: PASSWORD };
  const browser = createBrowser({ fill, stopAt: url => url.href.startsWith(redirect) });
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const asked = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirect,
    state: 'of-the-client',
  };
  const page = await browser.signIn(world.authorizeUrl({ ...asked, ...pkce, ...trace.authorize }));
  const back = new URL(page.url).searchParams;
  expect(back.get('error_description')).toBeNull();
  expect([back.get('state'), back.get('iss')]).toEqual(['of-the-client', world.origin]);
  return world.post(trace.tokenPath, {
    grant_type: 'authorization_code',
    code: back.get('code') ?? undefined,
    code_verifier: verifier,
    redirect_uri: redirect,
    client_id: client.id,
    client_secret: client.secret,
    resource: trace.authorize.resource,
  });
}

async function listTools(world: World, trace: Trace, token: unknown): Promise<readonly Json[]> {
  const bearer = { authorization: `Bearer ${token}` };
  const begun = await mcp(world, trace, initialize(trace), bearer);
  expect(begun.body.result?.protocolVersion).toBe(trace.version);
  const session = { ...bearer, 'mcp-protocol-version': trace.version };
  const id = begun.response.headers.get('mcp-session-id');
  const headers = id === null ? session : { ...session, 'mcp-session-id': id };
  const noticed = await mcp(world, trace, { method: 'notifications/initialized' }, headers);
  expect(noticed.response.status).toBe(202);
  const { body } = await mcp(world, trace, { id: 1, method: 'tools/list' }, headers);
  return (body.result?.tools ?? []) as readonly Json[];
}

/** Plays it to the list of tools, and once more with a refreshed token. */
export async function replay(world: World, trace: Trace): Promise<void> {
  const refused = await mcp(world, trace, initialize(trace));
  expect(refused.response.status).toBe(401);
  expect(refused.response.headers.get('www-authenticate')).toContain('resource_metadata=');
  await discover(world, trace);
  const client = await becomeKnown(world, trace);
  const { status, body: tokens } = await authorize(world, trace, client);
  expect([status, tokens.token_type]).toEqual([200, 'Bearer']);
  const tools = await listTools(world, trace, tokens.access_token);
  expect(tools.map(tool => tool.name)).toContain('sample_echo');
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const userinfo = async () => (await fetch(world.url('/auth/me'), { headers })).json() as Promise<Json>;
  await trace.looks?.({ registered: client.registered, tokens, tools, userinfo });
  const refreshed = await world.post(trace.tokenPath, {
    grant_type: 'refresh_token',
    refresh_token: String(tokens.refresh_token),
    client_id: client.id,
    client_secret: client.secret,
    resource: trace.authorize.resource,
  });
  expect(refreshed.status).toBe(200);
  const again = await listTools(world, trace, refreshed.body.access_token);
  expect(again.map(tool => tool.name)).toContain('sample_echo');
}
