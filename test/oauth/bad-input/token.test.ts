import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClient } from '../../../src/oauth/index.ts';
import type { Browser } from '../../support/browser.ts';
import { type Attack, askFor, startAttack, textOf } from '../support/attack.ts';
import { type Change, long, set, twice, without } from '../support/params.ts';
import { makePkce, REDIRECT, WEB_REDIRECT } from '../support/world.ts';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
let attack: Attack;
let mine = '';
let other = '';
let alice: Browser;
let machine = { id: '', secret: '' };

beforeAll(async () => {
  attack = await startAttack();
  await attack.addPerson('alice');
  alice = attack.browserOf('alice');
  const grants = { grant_types: ['authorization_code', 'refresh_token', DEVICE] };
  mine = await attack.clientId(grants);
  other = await attack.clientId(grants);
  machine = await addMachine();
});
afterAll(() => attack.close());

async function addMachine() {
  const user = await attack.store.userByName('alice');
  const draft = { name: 'machine', redirectUris: [REDIRECT], auth: 'secret', allowsDevices: false } as const;
  const { client, secret } = makeClient({ ...draft, userId: user?.id }, { now: Date.now });
  await attack.store.oauth.putClient(client);
  return { id: client.id, secret: secret?.reveal() ?? '' };
}

/** A good redemption of a fresh code. */
async function codeGrant(): Promise<URLSearchParams> {
  const { verifier, challenge } = makePkce();
  const asked = Object.fromEntries(
    askFor(mine, { code_challenge: challenge, scope: 'openid mcp offline_access' }),
  );
  const back = await attack.authorize(alice, asked);
  return new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: mine,
    redirect_uri: REDIRECT,
    code: back.get('code') ?? '',
    code_verifier: verifier,
  });
}

const send = (row: string, body: URLSearchParams, headers: Record<string, string> = {}) =>
  attack.send(row, '/oauth/token', { method: 'POST', body, headers });

async function refreshGrant(): Promise<URLSearchParams> {
  const { text } = await send('good', await codeGrant());
  const { refresh_token } = JSON.parse(text);
  return new URLSearchParams({ grant_type: 'refresh_token', client_id: mine, refresh_token });
}

async function deviceGrant(): Promise<URLSearchParams> {
  const { body } = await attack.post('/oauth/device_authorization', { client_id: mine, scope: 'mcp' });
  return new URLSearchParams({ grant_type: DEVICE, client_id: mine, device_code: String(body.device_code) });
}

const machineGrant = async () =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: machine.id,
    client_secret: machine.secret,
  });

type Row = readonly [what: string, change: Change, error: string, status?: number];

const used: Change = async params => {
  expect((await send('good', params)).status).toBe(200);
};
const usedLongAgo: Change = async params => {
  expect((await send('good', params)).status).toBe(200);
  attack.pass(10_001);
};
const later =
  (ms: number): Change =>
  () =>
    attack.pass(ms);

const ofClient: readonly Row[] = [
  ['no client_id', without('client_id'), 'invalid_request'],
  ['client_id twice', twice('client_id'), 'invalid_request'],
  ['an unknown client', set('client_id', 'nobody'), 'invalid_client', 401],
  ['a client_id of 10,000 letters', set('client_id', long(10_000)), 'invalid_client', 401],
  ['a secret that it has not', set('client_secret', 'x'), 'invalid_client', 401],
  ['another client', p => p.set('client_id', other), 'invalid_grant'],
  ['the client of /auth/login', set('client_id', 'authmcp-login'), 'unauthorized_client'],
];

const CODE: readonly Row[] = [
  ...ofClient,
  ['no grant_type', without('grant_type'), 'invalid_request'],
  ['grant_type twice', twice('grant_type'), 'invalid_request'],
  ['an unknown grant_type', set('grant_type', 'magic'), 'unsupported_grant_type'],
  ['no code', without('code'), 'invalid_request'],
  ['an empty code', set('code', ''), 'invalid_request'],
  ['code twice', twice('code'), 'invalid_request'],
  ['an unknown code', set('code', long(43)), 'invalid_grant'],
  ['a code of 10,000 letters', set('code', long(10_000)), 'invalid_grant'],
  ['a code with another end', p => p.set('code', `${p.get('code')}x`), 'invalid_grant'],
  ['a code with a zero byte', p => p.set('code', `${p.get('code')}\0`), 'invalid_grant'],
  ['a code that was used', used, 'invalid_grant'],
  ['a code that has expired', later(301_000), 'invalid_grant'],
  ['another redirect_uri', set('redirect_uri', WEB_REDIRECT), 'invalid_grant'],
  ['a redirect_uri of another port', set('redirect_uri', 'http://127.0.0.1:1/callback'), 'invalid_grant'],
  ['redirect_uri twice', twice('redirect_uri'), 'invalid_request'],
  ['no code_verifier', without('code_verifier'), 'invalid_grant'],
  ['an empty code_verifier', set('code_verifier', ''), 'invalid_grant'],
  ['another code_verifier', set('code_verifier', makePkce().verifier), 'invalid_grant'],
  ['the challenge as the verifier', p => p.set('code_verifier', challengeOf(p)), 'invalid_grant'],
  ['a short code_verifier', set('code_verifier', 'short'), 'invalid_request'],
  ['a code_verifier of 10,000 letters', set('code_verifier', long(10_000)), 'invalid_request'],
  ['code_verifier twice', twice('code_verifier'), 'invalid_request'],
  ['a foreign resource', set('resource', 'https://other.example/mcp'), 'invalid_target'],
  [
    'a resource that was not agreed to',
    p => p.set('resource', `${attack.origin}/mcp/other`),
    'invalid_target',
  ],
];

const REFRESH: readonly Row[] = [
  ...ofClient,
  ['no refresh_token', without('refresh_token'), 'invalid_request'],
  ['an empty refresh_token', set('refresh_token', ''), 'invalid_request'],
  ['refresh_token twice', twice('refresh_token'), 'invalid_request'],
  ['an unknown refresh_token', set('refresh_token', long(43)), 'invalid_grant'],
  ['a refresh_token of 10,000 letters', set('refresh_token', long(10_000)), 'invalid_grant'],
  ['a refresh_token used long ago', usedLongAgo, 'invalid_grant'],
  ['a refresh_token that has expired', later(400 * 86_400_000), 'invalid_grant'],
  ['a scope that was not given', set('scope', 'mcp profile'), 'invalid_scope'],
  ['the scope admin', set('scope', 'admin'), 'invalid_scope'],
  [
    'scope twice',
    p => {
      p.append('scope', 'mcp');
      p.append('scope', 'mcp');
    },
    'invalid_request',
  ],
  ['a foreign resource', set('resource', 'https://other.example/mcp'), 'invalid_target'],
  [
    'a code in its place',
    async p => p.set('refresh_token', (await codeGrant()).get('code') ?? ''),
    'invalid_grant',
  ],
];

const DEVICES: readonly Row[] = [
  ...ofClient,
  ['no device_code', without('device_code'), 'invalid_request'],
  ['device_code twice', twice('device_code'), 'invalid_request'],
  ['an unknown device_code', set('device_code', long(43)), 'invalid_grant'],
  ['a device_code of 10,000 letters', set('device_code', long(10_000)), 'invalid_grant'],
  ['a device_code that has expired', later(901_000), 'invalid_grant'],
  ['the code that people type', set('device_code', 'BCDF-GHJK'), 'invalid_grant'],
];

const MACHINES: readonly Row[] = [
  ['no client_id', without('client_id'), 'invalid_request'],
  ['client_id twice', twice('client_id'), 'invalid_request'],
  ['no client_secret', without('client_secret'), 'invalid_client', 401],
  ['an empty client_secret', set('client_secret', ''), 'invalid_client', 401],
  ['client_secret twice', twice('client_secret'), 'invalid_request'],
  ['a wrong client_secret', set('client_secret', 'wrong'), 'invalid_client', 401],
  ['a client_secret of 10,000 letters', set('client_secret', long(10_000)), 'invalid_client', 401],
  ['the hash as the secret', p => p.set('client_secret', hashed(machine.secret)), 'invalid_client', 401],
  ['a client that registered itself', p => p.set('client_id', mine), 'invalid_client', 401],
  [
    'a client without a secret',
    p => {
      p.set('client_id', mine);
      p.delete('client_secret');
    },
    'unauthorized_client',
  ],
  ['an unknown scope', set('scope', 'everything'), 'invalid_scope'],
  ['the scope admin', set('scope', 'admin'), 'invalid_scope'],
  [
    'scope twice',
    p => {
      p.append('scope', 'mcp');
      p.append('scope', 'mcp');
    },
    'invalid_request',
  ],
  ['a foreign resource', set('resource', 'https://other.example/mcp'), 'invalid_target'],
  [
    'the grant of a password',
    p => {
      p.set('grant_type', 'password');
      p.set('username', 'alice');
    },
    'unsupported_grant_type',
  ],
  ['the implicit grant', set('grant_type', 'implicit'), 'unsupported_grant_type'],
  [
    'a JWT as the grant',
    set('grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'),
    'unsupported_grant_type',
  ],
  [
    'an exchange of tokens',
    set('grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'),
    'unsupported_grant_type',
  ],
];

const hashed = (secret: string) => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
const challengeOf = (p: URLSearchParams) =>
  createHash('sha256')
    .update(p.get('code_verifier') ?? '')
    .digest('base64url');

const GRANTS = [
  ['a code', codeGrant, CODE],
  ['a refresh token', refreshGrant, REFRESH],
  ['a device code', deviceGrant, DEVICES],
  ['a client for itself', machineGrant, MACHINES],
] as const;

it('a code needs no redirect_uri of a client that has one: what binds it is PKCE (OAuth 2.1)', async () => {
  const params = await codeGrant();
  params.delete('redirect_uri');
  expect((await send('good', params)).status).toBe(200);
});

describe.for(GRANTS)('%s, sent', ([grant, make, table]) => {
  it.for(table)('with %s', async ([what, change, error, status = 400]) => {
    const params = await make();
    await change(params);
    const sent = await send(`${grant} ${what}`, params);
    expect([sent.status, textOf(sent.text)], sent.text).toEqual([status, error]);
    expect(sent.headers.get('cache-control')).toBe('no-store');
    expect(sent.text).not.toMatch(/access_token|"stack"/);
    if (status === 401) expect(sent.headers.get('www-authenticate') ?? 'Basic').toMatch(/^Basic/);
  });

  it('and refused is in the ledger', async () => {
    const types = ['oauth_refused', 'token_reuse'];
    await attack.expectEvents(
      table.map(([what]) => `${grant} ${what}`),
      types,
    );
    const reused = table.filter(([what]) => /used/.test(what)).map(([what]) => `${grant} ${what}`);
    if (reused.length > 0) await attack.expectEvents(reused, ['token_reuse']);
  });
});
