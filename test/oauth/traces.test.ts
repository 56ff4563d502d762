import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clients } from '../../src/admin/clients.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Site, startSite } from './support/documents.ts';
import { replay, type Trace } from './support/trace.ts';
import { startWorld, type World } from './support/world.ts';

const CODE_AND_REFRESH = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
const OF_RESOURCE = ['/.well-known/oauth-protected-resource/mcp', 200] as const;
const OF_SERVER = ['/.well-known/oauth-authorization-server', 200] as const;
const CLAUDE_CALLBACKS = [
  'https://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback',
];
const CLAUDE_DOCUMENT = '/oauth/mcp-oauth-client-metadata';

let world: World;
let site: Site;
let echo: Echo2025;

beforeAll(async () => {
  [site, echo] = await Promise.all([startSite(), startEcho2025({ name: 'sample' })]);
  world = await startWorld({ servers: { sample: echo.url, site: site.url('/mcp') } });
  await world.addPerson('alice', ['sample']);
  site.put(CLAUDE_DOCUMENT, {
    client_id: site.url(CLAUDE_DOCUMENT),
    client_name: 'Claude',
    client_uri: 'https://claude.ai',
    redirect_uris: CLAUDE_CALLBACKS,
    token_endpoint_auth_method: 'none',
    ...CODE_AND_REFRESH,
  });
});
afterAll(async () => {
  await world.close();
  await Promise.all([site.close(), echo.close()]);
});

/** Registered by what others recorded of them; the addresses of this world are not known before it stands. */
const traces = (): readonly (Trace & { readonly says: string })[] => [
  {
    client: 'claude.ai',
    says: 'by its document',
    headers: { 'user-agent': 'Claude-User' },
    version: '2025-11-25',
    discovery: [OF_RESOURCE, OF_SERVER],
    registration: { document: site.url(CLAUDE_DOCUMENT) },
    redirect: CLAUDE_CALLBACKS[0] ?? '',
    authorize: { scope: 'mcp offline_access', resource: world.url('/mcp') },
    tokenPath: '/oauth/token',
  },
  {
    client: 'claude.ai',
    says: 'as it registers, with a secret and a scope of its own [K20, K21]',
    headers: { 'user-agent': 'python-httpx/0.28.1' },
    version: '2025-06-18',
    discovery: [OF_RESOURCE, OF_SERVER],
    registration: {
      at: '/register',
      body: {
        client_name: 'Claude',
        redirect_uris: CLAUDE_CALLBACKS.slice(0, 1),
        scope: 'claudeai',
        token_endpoint_auth_method: 'client_secret_post',
        ...CODE_AND_REFRESH,
      },
    },
    redirect: CLAUDE_CALLBACKS[0] ?? '',
    authorize: { scope: 'claudeai', resource: world.url('/mcp/') },
    tokenPath: '/token',
  },
  {
    client: 'ChatGPT',
    says: 'with a callback of this connector, openid and userinfo [K1-K6]',
    headers: { 'user-agent': 'openai-mcp/1.0.0' },
    version: '2025-06-18',
    discovery: [OF_RESOURCE, OF_SERVER, ['/.well-known/openid-configuration', 200]],
    registration: {
      at: '/oauth/register',
      body: {
        client_name: 'ChatGPT',
        redirect_uris: ['https://chatgpt.com/connector/oauth/OUbdUMlL15Ct'],
        token_endpoint_auth_method: 'none',
        ...CODE_AND_REFRESH,
      },
    },
    redirect: 'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct',
    authorize: { scope: 'openid profile email offline_access mcp', resource: world.url('/mcp') },
    tokenPath: '/oauth/token',
    looks: async ({ registered, tokens, tools, userinfo }) => {
      expect(Object.values(registered)).not.toContain(null);
      expect(tokens.id_token).toBeDefined();
      expect(String(tokens.scope)).toContain('openid');
      expect(await userinfo()).toMatchObject({ preferred_username: 'alice' });
      for (const tool of tools) expect(tool.securitySchemes).toBeDefined();
    },
  },
  {
    client: 'ChatGPT',
    says: 'with the callback of older connectors',
    headers: { 'user-agent': 'openai-mcp/1.0.0' },
    version: '2025-03-26',
    discovery: [OF_RESOURCE, OF_SERVER],
    registration: {
      at: '/oauth/register',
      body: {
        client_name: 'ChatGPT',
        redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
        token_endpoint_auth_method: 'client_secret_post',
        ...CODE_AND_REFRESH,
      },
    },
    redirect: 'https://chatgpt.com/connector_platform_oauth_redirect',
    authorize: { scope: 'openid mcp', resource: world.url('/mcp') },
    tokenPath: '/oauth/token',
  },
  ...['cursor://anysphere.cursor-mcp/oauth/callback', 'https://www.cursor.com/agents/mcp/oauth/callback'].map(
    redirect => ({
      client: 'Cursor',
      says: `with three redirects in one registration, back to ${redirect} [K25]`,
      headers: { 'user-agent': 'Cursor/2.4.0' },
      version: '2025-06-18',
      discovery: [OF_RESOURCE, OF_SERVER],
      registration: {
        at: '/oauth/register',
        body: {
          client_name: 'Cursor',
          redirect_uris: [
            'cursor://anysphere.cursor-mcp/oauth/callback',
            'https://www.cursor.com/agents/mcp/oauth/callback',
            'http://localhost:8787/callback',
          ],
          token_endpoint_auth_method: 'none',
          ...CODE_AND_REFRESH,
        },
      },
      redirect,
      authorize: { scope: 'mcp offline_access', resource: world.url('/mcp') },
      tokenPath: '/oauth/token',
    }),
  ),
  ...['http://127.0.0.1:33418/', 'http://127.0.0.1:59656/', 'https://vscode.dev/redirect'].map(redirect => ({
    client: 'VS Code',
    says: `as a native program of three grants, back to ${redirect}`,
    headers: { 'user-agent': 'Visual Studio Code/1.128.0' },
    version: '2025-11-25',
    discovery: [OF_RESOURCE, OF_SERVER],
    registration: {
      at: '/oauth/register',
      body: {
        client_name: 'Visual Studio Code',
        client_uri: 'https://code.visualstudio.com',
        redirect_uris: [
          'https://insiders.vscode.dev/redirect',
          'https://vscode.dev/redirect',
          'http://127.0.0.1/',
          'http://127.0.0.1:33418/',
        ],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        scope: 'mcp offline_access',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
    },
    redirect,
    authorize: { scope: 'mcp offline_access', resource: world.url('/mcp'), prompt: 'consent' },
    tokenPath: '/oauth/token',
  })),
  {
    client: 'Windsurf',
    says: 'as clients of 2025-03-26 do: metadata at the origin, no resource, no scope [K15, K29]',
    headers: {},
    version: '2025-03-26',
    discovery: [['/.well-known/oauth-authorization-server/mcp', 200], OF_SERVER],
    registration: {
      at: '/register',
      body: {
        client_name: 'Windsurf',
        redirect_uris: ['http://localhost:39124/oauth/callback'],
        token_endpoint_auth_method: 'none',
        ...CODE_AND_REFRESH,
      },
    },
    redirect: 'http://localhost:39124/oauth/callback',
    authorize: {},
    tokenPath: '/token',
  },
];

const KEYS = ['claude.ai', 'ChatGPT', 'Cursor', 'VS Code', 'Windsurf'];

describe('a client that cannot be run here gets to its tools, and again after a refresh', () => {
  it.each(KEYS)('%s', async key => {
    const own = traces().filter(({ client }) => client === key);
    expect(own).not.toEqual([]);
    for (const trace of own) {
      await replay(world, trace).catch(error => {
        throw new Error(`${trace.client} ${trace.says}: ${error.message}`, { cause: error });
      });
    }
  });

  it('and the documents say of each that it is by trace', () => {
    const byTrace = clients.filter(({ tried }) => tried === 'by trace').map(({ title }) => title);
    expect(byTrace).toEqual(expect.arrayContaining(KEYS));
    // Claude Desktop starts mcp-remote, which is run as it is, or is claude.ai.
    expect(byTrace.filter(title => !KEYS.includes(title))).toEqual(['Claude Desktop']);
  });
});
