import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApiKey } from '../../../src/auth/index.ts';
import type { Browser } from '../../support/browser.ts';
import { type Attack, askFor, type Sent, startAttack } from '../support/attack.ts';
import { makePkce, PASSWORD, REDIRECT } from '../support/world.ts';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
let attack: Attack;
let alice: Browser;
let id = '';
let other = '';
/** Everything that opens something, by its name. */
let keys: Readonly<Record<string, string>> = {};

const KINDS = [
  ...[
    'access token',
    'refresh token',
    'ID token',
    'code',
    'device code',
    'code of a person',
    'registration token',
    'API key',
  ],
  ...[
    'key of an administrator',
    'session of a browser',
    'form token',
    'access token of a login',
    'refresh token of a login',
    'interaction',
    'client id',
    'setup token',
  ],
] as const;

beforeAll(async () => {
  attack = await startAttack();
  await attack.addPerson('alice');
  alice = attack.browserOf('alice');
  const grants = { grant_types: ['authorization_code', 'refresh_token', DEVICE] };
  const made = (await attack.register(grants)).body;
  id = String(made.client_id);
  other = await attack.clientId(grants);
  const { body: tokens } = await attack.tokensFor(alice, id, { scope: 'openid mcp' });
  const { body: device } = await attack.post('/oauth/device_authorization', { client_id: id });
  const page = await alice.open(attack.authorizeUrl(Object.fromEntries(askFor(id))));
  const login = await attack.send('good', '/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'alice', password: PASSWORD }),
  });
  const own = JSON.parse(login.text);
  keys = {
    'access token': String(tokens.access_token),
    'refresh token': String(tokens.refresh_token),
    'ID token': String(tokens.id_token),
    code: await codeOf(),
    'device code': String(device.device_code),
    'code of a person': String(device.user_code),
    'registration token': String(made.registration_access_token),
    'API key': await attack.userToken('bob', []),
    'key of an administrator': await adminKey(),
    'session of a browser': /amg_session=([^;]*)/.exec(alice.cookies(attack.origin))?.[1] ?? '',
    'form token': /name="form" value="([^"]*)"/.exec(page.text)?.[1] ?? '',
    'access token of a login': own.access_token,
    'refresh token of a login': own.refresh_token,
    interaction: page.url.split('/').at(-1) ?? '',
    'client id': other,
    'setup token': attack.built.setupLink?.url.reveal().split('#')[1] ?? 'A'.repeat(43),
  };
});
afterAll(() => attack.close());

async function codeOf(): Promise<string> {
  const { challenge } = makePkce();
  const back = await attack.authorize(alice, Object.fromEntries(askFor(id, { code_challenge: challenge })));
  return back.get('code') ?? '';
}
async function adminKey(): Promise<string> {
  const root = await attack.store.userByName('root');
  if (!root) throw new Error('no root');
  const { id: keyId, key, secretHash } = makeApiKey();
  const rest = { name: 'api', scopes: ['admin'], createdAt: Date.now(), expiresAt: undefined };
  await attack.store.createKey({ id: keyId, userId: root.id, secretHash, ...rest });
  return key.reveal();
}

type Door = {
  readonly at: string;
  readonly own: readonly string[];
  readonly knock: (row: string, key: string) => Promise<Sent>;
  readonly isOpen: (sent: Sent) => boolean;
  /** Where knocking in vain is no event: RFC 7009 and 7662 want a friendly answer, a page sends one to the sign-in. */
  readonly isSilent?: boolean;
};

const bearer =
  (path: string, init: RequestInit = {}) =>
  (row: string, key: string) =>
    attack.send(row, path.replace('{id}', id), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${key}` },
    });
const form = (path: string, fields: (key: string) => Record<string, string>) => (row: string, key: string) =>
  attack.send(row, path, { method: 'POST', body: new URLSearchParams(fields(key)) });
const isFine = ({ status }: Sent) => status < 300;
const ping = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
};
const ACCESS = ['access token', 'access token of a login', 'API key'];

const DOORS: readonly Door[] = [
  { at: '/mcp', own: ACCESS, knock: bearer('/mcp', ping), isOpen: isFine },
  {
    at: '/auth/me',
    own: ['access token', 'access token of a login', 'API key', 'key of an administrator'],
    knock: bearer('/auth/me'),
    isOpen: isFine,
    isSilent: true,
  },
  {
    at: '/oauth/token as a refresh token',
    own: ['refresh token'],
    knock: form('/oauth/token', key => ({ grant_type: 'refresh_token', client_id: id, refresh_token: key })),
    isOpen: isFine,
  },
  {
    at: '/oauth/token as a code',
    own: [],
    knock: form('/oauth/token', key => ({
      grant_type: 'authorization_code',
      client_id: id,
      redirect_uri: REDIRECT,
      code: key,
      code_verifier: 'a'.repeat(43),
    })),
    isOpen: isFine,
  },
  {
    at: '/oauth/token as a device code',
    own: ['device code'],
    knock: form('/oauth/token', key => ({ grant_type: DEVICE, client_id: id, device_code: key })),
    isOpen: ({ text }) => /authorization_pending|slow_down|access_token/.test(text),
  },
  {
    at: '/oauth/introspect',
    own: ['access token', 'refresh token'],
    knock: form('/oauth/introspect', key => ({ client_id: id, token: key })),
    isOpen: ({ text }) => JSON.parse(text).active === true,
    isSilent: true,
  },
  {
    at: '/oauth/introspect of another client',
    own: [],
    knock: form('/oauth/introspect', key => ({ client_id: other, token: key })),
    isOpen: ({ text }) => JSON.parse(text).active === true,
    isSilent: true,
  },
  {
    at: '/oauth/register/{id}',
    own: ['registration token'],
    knock: bearer('/oauth/register/{id}'),
    isOpen: isFine,
  },
  {
    at: '/oauth/par as a pushed request',
    own: [],
    knock: (row, key) =>
      attack.send(
        row,
        `/authorize?${askFor(id, { request_uri: `urn:ietf:params:oauth:request_uri:${key}` })}`,
      ),
    isOpen: ({ location }) => location?.includes('/interaction/') === true,
  },
  {
    at: '/admin/api/oauth-clients',
    own: ['key of an administrator'],
    knock: bearer('/admin/api/oauth-clients'),
    isOpen: isFine,
    isSilent: true,
  },
  {
    at: '/device as a cookie',
    own: ['session of a browser'],
    knock: (row, key) => attack.send(row, '/device', { headers: { cookie: `amg_session=${key}` } }),
    isOpen: isFine,
    isSilent: true,
  },
  {
    at: '/account/programs as a bearer',
    own: [],
    knock: bearer('/account/programs'),
    isOpen: isFine,
    isSilent: true,
  },
  {
    at: '/auth/refresh',
    own: ['refresh token of a login'],
    knock: (row, key) =>
      attack.send(row, '/auth/refresh', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token: key }),
      }),
    isOpen: isFine,
    isSilent: true,
  },
];

describe.for(DOORS)('$at', ({ at, own, knock, isOpen, isSilent }) => {
  it.for(KINDS)('with the %s', async kind => {
    const sent = await knock(`${at} ${kind}`, keys[kind] ?? 'missing');
    expect(isOpen(sent), `${sent.status} ${sent.text.slice(0, 300)}`).toBe(own.includes(kind));
    expect(sent.text).not.toContain('"stack"');
    if (kind === 'code' && at.endsWith('as a code')) keys = { ...keys, code: await codeOf() };
    if (kind === 'refresh token' && isOpen(sent) && at.includes('token as'))
      keys = { ...keys, [kind]: JSON.parse(sent.text).refresh_token };
  });
  if (isSilent) return;
  it('has each other one in the ledger', async () => {
    const types = [
      ...['oauth_refused', 'token_reuse', 'unauthorized_access', 'invalid_token'],
      ...['permission_denied', 'auth_failed'],
    ];
    await attack.expectEvents(
      KINDS.filter(kind => !own.includes(kind)).map(kind => `${at} ${kind}`),
      types,
    );
  });
});

describe('/oauth/revoke', () => {
  it('of another client, or with what is no token, ends nothing', async () => {
    const { body } = await attack.tokensFor(alice, id, { scope: 'openid mcp' });
    const live = { access: String(body.access_token), refresh: String(body.refresh_token) };
    for (const [kind, key] of [...Object.entries(keys), ...Object.entries(live)]) {
      for (const client of [other, 'authmcp-login']) {
        const sent = await attack.send(`revoke ${kind}`, '/oauth/revoke', {
          method: 'POST',
          body: new URLSearchParams({ client_id: client, token: key }),
        });
        expect(sent.status, `${kind} ${sent.text}`).toBeLessThan(401);
      }
    }
    expect(await attack.call(live.access)).toMatchObject({ status: 200 });
    const refreshed = await attack.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: id,
      refresh_token: live.refresh,
    });
    expect(refreshed.status).toBe(200);
    expect((await alice.open(attack.url('/device'))).status).toBe(200);
    expect(await attack.call(keys['API key'] ?? '')).toMatchObject({ status: 200 });
    await attack.expectEvents(['revoke access', 'revoke refresh']);
  });
});
