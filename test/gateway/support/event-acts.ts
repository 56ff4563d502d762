import { expect, vi } from 'vitest';
import { createPasswords } from '../../../src/auth/index.ts';
import { Secret } from '../../../src/base/index.ts';
import type { EventType } from '../../../src/ledger/index.ts';
import { createClock, type TestClock } from '../../auth/support/world.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, post } from '../../support/mcp.ts';
import { scopedKey } from '../../support/scoped-key.ts';
import { tempDir } from '../../support/temp.ts';
import { type ChangingServer, startChangingServer } from './changing-server.ts';

const PASSWORD = 'Correct-Horse-7';
const BURST = 20;
const tool = (name: string, description = 'Does it.') => ({
  ...{ name, description, inputSchema: { type: 'object' } },
  annotations: { readOnlyHint: true },
});
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

type Asking = {
  readonly token?: string | undefined;
  readonly from?: string | undefined;
  readonly headers?: Record<string, string>;
};

/** A gateway with people and servers, in which every kind of thing that is an event can be done. */
export class EventWorld {
  readonly clock: TestClock = createClock(Date.now());
  gateway!: GatewayHere;
  notes!: ChangingServer;
  alice = '';
  bob = '';
  carol = '';
  #folder!: Awaited<ReturnType<typeof tempDir>>;

  async open(detectors: Readonly<Record<string, string>>): Promise<void> {
    this.#folder = await tempDir('authmcp-events-');
    this.notes = await startChangingServer({ tools: [tool('add'), tool('poke')] });
    await this.#start(detectors, 'ES256');
    const passwordHash = await createPasswords().hash(new Secret(PASSWORD));
    await this.gateway.store.createUser({ name: 'dora', role: 'user', passwordHash }, this.clock.now());
    await this.login(PASSWORD, '203.0.113.1');
    await this.gateway.close();
    await this.#start(detectors, 'RS256');
    this.alice = await this.gateway.userToken('alice', ['notes']);
    this.bob = await this.gateway.userToken('bob', ['notes']);
    this.carol = await this.gateway.userToken('carol', []);
    const client = await legacyClient({ url: this.gateway.url('/mcp'), token: this.gateway.adminToken });
    await vi.waitFor(async () => expect((await client.request('tools/list')).text).toContain('notes_poke'));
  }

  async #start(detectors: Readonly<Record<string, string>>, algorithm: string): Promise<void> {
    this.gateway = await startGatewayHere({
      servers: { notes: this.notes.url, other: 'http://127.0.0.1:9/mcp' },
      settings: {
        ...{ detectors, jwt: { algorithm }, trustedProxies: ['127.0.0.1'] },
        rateLimit: { mcp: { burst: BURST } },
      },
      ...{ clock: this.clock, dir: this.#folder.path },
    });
  }

  async close(): Promise<void> {
    await this.gateway?.close();
    await this.notes?.close();
    await this.#folder?.remove();
  }

  ask(path: string, body: unknown = ping, { token, from = '203.0.113.2', headers }: Asking = {}) {
    return post(this.gateway.url(path), body, { token, headers: { 'x-forwarded-for': from, ...headers } });
  }

  login(password: string, from: string, username = 'dora') {
    return this.ask('/auth/login', { username, password }, { from });
  }

  /** The answers to what somebody tries who guesses at one account. */
  async guess(from: string, tries = 7): Promise<readonly number[]> {
    const found: number[] = [];
    for (let i = 0; i < tries; i++) found.push((await this.login(`Wrong-${i}`, from)).status);
    return found;
  }

  async open2025(token: string): Promise<string> {
    const client = await legacyClient({ url: this.gateway.url('/mcp'), token });
    return client.sessionId ?? '';
  }
}

type Act = (world: EventWorld) => Promise<unknown>;

async function useTwice(world: EventWorld): Promise<void> {
  const { refresh_token } = JSON.parse((await world.login(PASSWORD, '203.0.113.3')).text);
  await world.ask('/auth/refresh', { refresh_token });
  world.clock.pass(11_000);
  await world.ask('/auth/refresh', { refresh_token });
}

async function inside(world: EventWorld): Promise<void> {
  const query = new URLSearchParams({
    ...{ client_id: 'https://10.0.0.1/client.json', redirect_uri: 'https://client.example/back' },
    ...{ response_type: 'code', scope: 'mcp', state: 's' },
    ...{ code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' },
  });
  const answer = await fetch(world.gateway.url(`/authorize?${query}`), { redirect: 'manual' });
  await answer.body?.cancel();
}

/** The server says with the answer to a call that its tools are others. */
async function change(world: EventWorld): Promise<void> {
  const token = world.gateway.adminToken;
  const ask = (method: string, params: object) =>
    world.ask('/mcp/notes', { ...ping, method, params }, { token });
  world.notes.offer({ tools: [tool('add', 'Does something else.'), tool('poke')] });
  await ask('tools/call', { name: 'poke', arguments: {} });
  await vi.waitFor(async () => expect((await ask('tools/list', {})).text).toContain('something else'));
}

async function administer(world: EventWorld): Promise<void> {
  const token = await scopedKey(world.gateway, 'root', ['admin']);
  const client = { client_name: 'Dashboard', redirect_uris: ['https://client.example/callback'] };
  await world.ask('/admin/api/oauth-clients', client, { token });
}

async function show(world: EventWorld, id: string, token: string): Promise<void> {
  await world.ask('/mcp', ping, { token, headers: { 'mcp-session-id': id } });
}

/** What makes each type of event, as whoever means it would do it. */
export const ACTS = {
  unauthorized_access: world => world.ask('/mcp', ping, { headers: { authorization: 'Basic eDp5' } }),
  invalid_token: world => world.ask('/mcp', ping, { token: 'amg_00000000_nobody-has-this-one' }),
  auth_failed: world => world.login('Wrong-horse-7', '203.0.113.4'),
  brute_force: world => world.guess('203.0.113.5'),
  token_reuse: useTwice,
  oauth_refused: world => world.ask('/oauth/token', { grant_type: 'none' }),
  rate_limited: world =>
    Promise.all(Array.from({ length: BURST + 5 }, () => world.ask('/mcp', ping, { token: world.carol }))),
  permission_denied: world => world.ask('/mcp/other', ping, { token: world.bob }),
  suspicious_payload: world =>
    world.ask(
      '/mcp/notes',
      { ...ping, method: 'tools/call', params: { name: 'add', arguments: { a: '../../../../etc/passwd' } } },
      { token: world.alice },
    ),
  session_refused: world => show(world, 'none-that-was-given', world.alice),
  session_hijack: async world => show(world, await world.open2025(world.alice), world.bob),
  origin_rejected: world => world.ask('/mcp', ping, { headers: { origin: 'https://evil.example' } }),
  tool_changed: change,
  ssrf_blocked: inside,
  admin_action: administer,
  key_rotated: world => world.login(PASSWORD, '203.0.113.6'),
} as const satisfies Partial<Record<EventType, Act>>;
