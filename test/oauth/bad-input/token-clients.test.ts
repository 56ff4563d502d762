import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClient } from '../../../src/oauth/index.ts';
import { type Attack, startAttack, textOf } from '../support/attack.ts';
import { REDIRECT } from '../support/world.ts';

let attack: Attack;
let machine = { id: '', secret: '' };
let keyed = '';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

beforeAll(async () => {
  attack = await startAttack();
  await attack.addPerson('alice');
  const user = await attack.store.userByName('alice');
  const common = { redirectUris: [REDIRECT], allowsDevices: false, userId: user?.id } as const;
  const made = makeClient({ name: 'machine', auth: 'secret', ...common }, { now: Date.now });
  machine = { id: made.client.id, secret: made.secret?.reveal() ?? '' };
  await attack.store.oauth.putClient(made.client);
  const jwksUri = 'https://keys.example/jwks.json';
  const { client } = makeClient({ name: 'keyed', auth: 'key', jwksUri, ...common }, { now: Date.now });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  const { jwks_uri: _, ...rest } = JSON.parse(client.metadata);
  const metadata = JSON.stringify({ ...rest, jwks: { keys: [jwk] } });
  await attack.store.oauth.putClient({ ...client, metadata });
  keyed = client.id;
});
afterAll(() => attack.close());

const FORM = 'application/x-www-form-urlencoded';
const basicOf = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const good = () => ({
  grant_type: 'client_credentials',
  client_id: machine.id,
  client_secret: machine.secret,
});
const own = () => ({ grant_type: 'client_credentials' });
const formOf = (params: object) => new URLSearchParams(params as Record<string, string>).toString();

const post = (row: string, text: string, headers: Record<string, string>) =>
  attack.send(row, '/oauth/token', { method: 'POST', body: Buffer.from(text), headers });

type Claims = Readonly<Record<string, unknown>>;
const now = () => Math.floor(Date.now() / 1000);
const claims = (): Claims => ({
  iss: keyed,
  sub: keyed,
  aud: attack.origin,
  jti: randomUUID(),
  iat: now(),
  exp: now() + 60,
});
async function assertion(change: Claims = {}, header: object = {}, key: KeyObject = pair.privateKey) {
  const all = Object.entries({ ...claims(), ...change }).filter(([, value]) => value !== undefined);
  const signer = new SignJWT(Object.fromEntries(all)).setProtectedHeader({
    alg: 'ES256',
    kid: 'k',
    ...header,
  });
  return signer.sign(key);
}
function unsigned(header: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims())}.${signature}`;
}
async function confused(secret: string): Promise<string> {
  const text = unsigned({ alg: 'HS256', kid: 'k' }).slice(0, -1);
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const byKey = (client_assertion: string, more: object = {}) => ({
  ...own(),
  client_id: keyed,
  client_assertion_type: TYPE,
  client_assertion,
  ...more,
});

type Made = { readonly form: object | string; readonly headers?: Record<string, string> };
type AuthRow = readonly [what: string, make: () => Made | Promise<Made>, error?: string, status?: number];
const signed =
  (change: Claims, header: object = {}, key?: KeyObject) =>
  async (): Promise<Made> => ({ form: byKey(await assertion(change, header, key)) });

const CREDENTIALS: readonly AuthRow[] = [
  [
    'basic and post',
    () => ({ form: good(), headers: { authorization: basicOf(machine.id, machine.secret) } }),
    'invalid_request',
    400,
  ],
  [
    'basic of another and client_id',
    () => ({
      form: { ...own(), client_id: keyed },
      headers: { authorization: basicOf(machine.id, machine.secret) },
    }),
    'invalid_request',
    400,
  ],
  [
    'a wrong secret in basic',
    () => ({ form: own(), headers: { authorization: basicOf(machine.id, 'wrong') } }),
  ],
  [
    'an empty secret in basic',
    () => ({ form: own(), headers: { authorization: basicOf(machine.id, '') } }),
    'invalid_request',
    400,
  ],
  [
    'basic without a colon',
    () => ({
      form: own(),
      headers: { authorization: `Basic ${Buffer.from(machine.id).toString('base64')}` },
    }),
    'invalid_request',
    400,
  ],
  [
    'basic that is no base64',
    () => ({ form: own(), headers: { authorization: 'Basic ????' } }),
    'invalid_request',
    400,
  ],
  [
    'basic with bad escapes',
    () => ({ form: own(), headers: { authorization: basicOf('%zz', '%zz') } }),
    'invalid_request',
    400,
  ],
  ['an unknown client in basic', () => ({ form: own(), headers: { authorization: basicOf('nobody', 'x') } })],
  [
    'an unknown scheme',
    () => ({ form: own(), headers: { authorization: 'Digest x' } }),
    'invalid_request',
    400,
  ],
  [
    'an access token in its place',
    () => ({ form: own(), headers: { authorization: 'Bearer x' } }),
    'invalid_request',
    400,
  ],
  [
    'a secret and a key',
    async () => ({ form: { ...byKey(await assertion()), client_secret: 'x' } }),
    'invalid_request',
    400,
  ],
  [
    'basic and a key',
    async () => ({
      form: byKey(await assertion()),
      headers: { authorization: basicOf(machine.id, machine.secret) },
    }),
    'invalid_request',
    400,
  ],
  [
    'a secret of a client that has a key',
    () => ({ form: { ...own(), client_id: keyed, client_secret: 'x' } }),
  ],
  [
    'a key of a client that has a secret',
    async () => ({
      form: byKey(await assertion({ iss: machine.id, sub: machine.id }), { client_id: machine.id }),
    }),
  ],
  ['nothing of a client that has a key', () => ({ form: { ...own(), client_id: keyed } })],
  [
    'an assertion twice',
    async () => ({ form: `${formOf(byKey(await assertion()))}&client_assertion=x` }),
    'invalid_request',
    400,
  ],
  [
    'an assertion without its type',
    async () => ({ form: { ...own(), client_id: keyed, client_assertion: await assertion() } }),
    'invalid_request',
    400,
  ],
  [
    'an assertion of another type',
    async () => ({ form: byKey(await assertion(), { client_assertion_type: 'saml' }) }),
    'invalid_request',
    400,
  ],
  [
    'a type without an assertion',
    () => ({ form: { ...own(), client_id: keyed, client_assertion_type: TYPE } }),
  ],
  ['an assertion that is none', () => ({ form: byKey('x') }), 'invalid_request', 400],
  ['an assertion of 40 KB', () => ({ form: byKey(`a.${'a'.repeat(40_000)}.a`) }), 'invalid_request', 400],
  ['alg none', () => ({ form: byKey(unsigned({ alg: 'none' })) })],
  ['alg None', () => ({ form: byKey(unsigned({ alg: 'None', kid: 'k' }, 'AA')) })],
  [
    'HS256 with the public key',
    async () => ({ form: byKey(await confused(JSON.stringify(await exportJWK(pair.publicKey)))) }),
  ],
  ['HS256 with nothing', async () => ({ form: byKey(await confused('')) })],
  ['RS256 by a key that it has not', signed({}, { alg: 'RS256' }, rsa.privateKey)],
  ['a stranger’s signature', signed({}, {}, stranger.privateKey)],
  [
    'a stranger’s key along with it',
    async () => ({
      form: byKey(await assertion({}, { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey)),
    }),
  ],
  ['an unknown kid', signed({}, { kid: 'other' }, stranger.privateKey)],
  ['a kid that is a path', signed({}, { kid: '../../../etc/passwd' }, stranger.privateKey)],
  ['no aud', signed({ aud: undefined })],
  ['another aud', signed({ aud: 'https://other.example' })],
  ['no exp', signed({ exp: undefined })],
  ['an exp that has passed', signed({ exp: now() - 120, iat: now() - 200 })],
  ['an exp that is text', signed({ exp: 'soon' })],
  ['an nbf in the future', signed({ nbf: now() + 3600 })],
  ['no jti', signed({ jti: undefined })],
  ['no iss', signed({ iss: undefined })],
  ['no sub', signed({ sub: undefined }), 'invalid_client'],
  ['the iss of another', signed({ iss: 'other' })],
  ['the sub of another', signed({ sub: 'other' }), 'invalid_request', 400],
  [
    'a critical header that nobody knows',
    () => ({ form: byKey(unsigned({ alg: 'ES256', crit: ['x'], x: 1 }, 'AA')) }),
  ],
  ['an assertion that was used', replayed],
  [
    'a client_id that is not its own',
    async () => ({ form: byKey(await assertion(), { client_id: machine.id }) }),
    'invalid_request',
    400,
  ],
  ['an exp in a million years', signed({ exp: 3e13 })],
  ['an exp beyond all numbers', signed({ exp: 1e300 })],
];

async function replayed(): Promise<Made> {
  const form = byKey(await assertion());
  expect((await post('good', formOf(form), { 'content-type': FORM })).status).toBe(200);
  return { form };
}

describe('a client that shows', () => {
  it.for(CREDENTIALS)('%s is refused', async ([what, make, error = 'invalid_client', status = 401]) => {
    const { form, headers = {} } = await make();
    const text = typeof form === 'string' ? form : formOf(form);
    const sent = await post(what, text, { 'content-type': FORM, ...headers });
    expect([sent.status, textOf(sent.text)], sent.text).toEqual([status, error]);
    expect(sent.text).not.toContain(machine.secret);
  });

  it('a good secret or key of its own gets its token', async () => {
    const forms: readonly Made[] = [
      { form: good() },
      { form: own(), headers: { authorization: basicOf(machine.id, machine.secret) } },
      { form: byKey(await assertion()) },
      { form: byKey(await assertion({ aud: attack.url('/oauth/token') })) },
    ];
    for (const { form, headers = {} } of forms)
      expect((await post('good', formOf(form as object), { 'content-type': FORM, ...headers })).status).toBe(
        200,
      );
  });

  it('something else is in the ledger', async () => {
    await attack.expectEvents(CREDENTIALS.map(([what]) => what));
  });
});
