import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modernClient, post, type RpcAnswer } from '../support/mcp.ts';
import { sendBytes } from '../support/raw-http.ts';
import { createForge, type Forge, unsigned } from './support/bad-tokens.ts';

/** A bearer that is not valid, and anything else that is none. */
const TOLD: ReadonlySet<string> = new Set(['invalid_token', 'unauthorized_access']);

let forge: Forge;
beforeAll(async () => {
  forge = await createForge();
});
afterAll(() => forge.gateway.close());

type Sent = {
  readonly authorization?: string;
  readonly path?: string;
  readonly query?: string;
  readonly cookie?: string;
  /** Into the body. */
  readonly member?: object;
};

type Case = readonly [name: string, sent: (forge: Forge) => Sent | Promise<Sent>];

const bearer = (token: string, path = '/mcp'): Sent => ({ authorization: `Bearer ${token}`, path });
const claim = (change: object, path?: string) => async (forge: Forge) =>
  bearer(await forge.sign({ ...change }), path);
const now = () => Math.floor(forge.clock.now() / 1000);

/** Of what was signed by the right key. */
const CLAIMS: readonly Case[] = [
  ['another issuer', claim({ iss: 'https://evil.example' })],
  ['the issuer with a slash', f => claim({ iss: `${f.gateway.origin}/` })(f)],
  ['another audience', claim({ aud: 'https://evil.example/mcp' })],
  ['the origin as audience', f => claim({ aud: f.gateway.origin })(f)],
  ['the client as audience, as an ID token has it', claim({ aud: 'c' })],
  ['a server’s audience at another server', f => claim({ aud: f.gateway.url('/mcp/home') }, '/mcp/work')(f)],
  ['a server’s audience at all servers', f => claim({ aud: f.gateway.url('/mcp/home') })(f)],
  ['a server’s audience at a longer name', f => claim({ aud: f.gateway.url('/mcp/home') }, '/mcp/home2')(f)],
  ['two audiences', f => claim({ aud: [f.gateway.url('/mcp'), 'https://evil.example'] })(f)],
  ['no audience in a list', claim({ aud: [] })],
  ['no iss', claim({ iss: undefined })],
  ['no aud', claim({ aud: undefined })],
  ['no sub', claim({ sub: undefined })],
  ['no client_id', claim({ client_id: undefined })],
  ['no jti', claim({ jti: undefined })],
  ['no iat', claim({ iat: undefined })],
  ['no exp', claim({ exp: undefined })],
  ['a person who does not exist', claim({ sub: '__proto__' })],
  ['an end that has come, to the second', () => claim({ exp: now() })(forge)],
  ['an end that has passed', () => claim({ iat: now() - 700, exp: now() - 100 })(forge)],
  ['a beginning a second from now', () => claim({ nbf: now() + 1 })(forge)],
  ['a beginning far from now', () => claim({ nbf: now() + 9999 })(forge)],
  ['an end that is a text', claim({ exp: '9999999999' })],
];

const headed = (header: object) => async (forge: Forge) => bearer(await forge.sign({}, header));
const strange = (header: object) => async (forge: Forge) =>
  bearer(await forge.sign({}, { kid: forge.kid, ...header }, forge.strange));
const confused = (secret: (forge: Forge) => string | Buffer) => (forge: Forge) => {
  const text = unsigned({ alg: 'HS256', typ: 'at+jwt', kid: forge.kid }, forge.claims()).slice(0, -1);
  return bearer(`${text}.${createHmac('sha256', secret(forge)).update(text).digest('base64url')}`);
};
const publicPart = ({ strange: { d: _, ...rest } }: Forge) => rest;

/** Of headers and signatures. */
const SIGNATURES: readonly Case[] = [
  ['alg none', f => bearer(unsigned({ alg: 'none', typ: 'at+jwt', kid: f.kid }, f.claims(), 'AA'))],
  [
    'alg none in capitals',
    f => bearer(unsigned({ alg: 'NONE', typ: 'at+jwt', kid: f.kid }, f.claims(), 'AA')),
  ],
  ['alg none without a signature', f => bearer(unsigned({ alg: 'none', typ: 'at+jwt' }, f.claims()))],
  ['HS256 with the published key as the secret', confused(f => JSON.stringify(f.published))],
  ['HS256 with its x as the secret', confused(f => Buffer.from(String(f.published.x), 'base64url'))],
  ['HS256 with an empty secret', confused(() => '')],
  [
    'another algorithm than the key’s',
    f => bearer(unsigned({ alg: 'RS256', typ: 'at+jwt', kid: f.kid }, f.claims(), 'AA')),
  ],
  ['an unknown kid', strange({ kid: 'unknown' })],
  ['a kid that is a path', strange({ kid: '../../keys/master.key' })],
  ['a kid that is SQL', strange({ kid: "' or 1=1 --" })],
  ['no kid', strange({ kid: undefined })],
  ['the kid of another key', strange({})],
  ['an embedded key', f => strange({ jwk: publicPart(f) })(f)],
  ['an embedded key without a kid', f => strange({ kid: undefined, jwk: publicPart(f) })(f)],
  ['a jku', strange({ jku: 'http://127.0.0.1:9/jwks.json' })],
  ['an x5u', strange({ x5u: 'http://127.0.0.1:9/cert.pem' })],
  ['an x5c', strange({ x5c: ['AAAA'] })],
  [
    'a critical header that nobody knows',
    f =>
      bearer(
        unsigned({ alg: 'ES256', typ: 'at+jwt', kid: f.kid, crit: ['x'], x: 1 }, f.claims(), 'A'.repeat(86)),
      ),
  ],
  ['the typ of a JWT', headed({ typ: 'JWT' })],
  ['the typ of an ID token', headed({ typ: 'id_token' })],
  ['no typ', headed({ typ: undefined })],
  ['five parts', f => bearer(`${f.login.access_token}.a.b`)],
  [
    'a header that is no JSON',
    f => bearer(`AAAA.${String(f.login.access_token).split('.').slice(1).join('.')}`),
  ],
];

/** T15: of kinds that belong at another door. */
const KINDS: readonly Case[] = [
  ['a refresh token', f => bearer(String(f.login.refresh_token))],
  ['a setup token', f => bearer(f.setupToken)],
  ['the value of a browser’s cookie', f => bearer(f.cookie.split('=')[1] ?? '')],
  ['an API key with a wrong secret', f => bearer(`${f.apiKey.slice(0, -4)}AAAA`)],
  ['an API key that nobody has', () => bearer(`amg_0badf00d_${'A'.repeat(32)}`)],
  ['a half API key', f => bearer(f.apiKey.slice(0, 20))],
  ['a header of more than 8 KB', () => bearer('a'.repeat(9000))],
  ['a token in quotes', f => ({ authorization: `Bearer "${f.apiKey}"` })],
  ['two tokens in one header', f => ({ authorization: `Bearer ${f.apiKey}, Bearer ${f.apiKey}` })],
  ['Bearer without a token', () => ({ authorization: 'Bearer' })],
  ['a letter that no token has', () => ({ authorization: 'Bearer \u00e9' })],
];

/** What shows no credential at a place where one counts: the challenge has no error (RFC 6750 section 3.1). */
const PLACES: readonly Case[] = [
  ['nothing', () => ({})],
  ['the Basic scheme', () => ({ authorization: 'Basic YTpi' })],
  ['another scheme', f => ({ authorization: `Token ${f.apiKey}` })],
  ['a scheme that begins alike', f => ({ authorization: `Bearerx ${f.apiKey}` })],
  ['a token in the address', f => ({ query: `?access_token=${f.apiKey}` })],
  ['a token in the body', f => ({ member: { access_token: f.apiKey } })],
  ['a token in a cookie', f => ({ cookie: `access_token=${f.apiKey}` })],
  ['the cookie of a browser that is signed in', f => ({ cookie: f.cookie })],
];
/** These are how any client begins, or what a browser sends along by itself. */
const SILENT = new Set([
  'nothing',
  'a token in the body',
  'a token in a cookie',
  'the cookie of a browser that is signed in',
]);

const ERAS = ['2025', '2026'] as const;
const addresses = new Map<string, string>();

/** An address for each case, by which its event is found. */
function addressOf(era: string, name: string): string {
  const key = `${era} ${name}`;
  const known =
    addresses.get(key) ?? `10.7.${Math.floor(addresses.size / 250)}.${(addresses.size % 250) + 1}`;
  addresses.set(key, known);
  return known;
}

async function send(era: string, name: string, sent: Sent): Promise<RpcAnswer> {
  const url = forge.gateway.url((sent.path ?? '/mcp') + (sent.query ?? ''));
  const { body, headers } =
    era === '2026'
      ? modernClient({ url }).draft('server/discover')
      : { body: { jsonrpc: '2.0', id: 1, method: 'ping' }, headers: {} };
  const { authorization, cookie, member } = sent;
  const more = {
    ...(authorization !== undefined && { authorization }),
    ...(cookie !== undefined && { cookie }),
  };
  const all = { ...headers, ...more, 'x-forwarded-for': addressOf(era, name) };
  return post(url, { ...body, ...member }, { headers: all });
}

const challengeOf = (path: string, error?: string) => {
  const scope = path === '/mcp' ? 'mcp' : path.replace('/mcp/', 'mcp:');
  const plain = `Bearer resource_metadata="${forge.gateway.url(`/.well-known/oauth-protected-resource${path}`)}", scope="${scope}"`;
  return error === undefined ? plain : `${plain}, error="${error}"`;
};

describe.for(ERAS)('a request of %s is let in', era => {
  it.for<Case>([
    ['with a token of this gateway', claim({})],
    ['until the second before its end', () => claim({ exp: now() + 1 })(forge)],
    ['from the second of its beginning', () => claim({ nbf: now() })(forge)],
    ['for its own server', f => claim({ aud: f.gateway.url('/mcp/home') }, '/mcp/home')(f)],
    ['with a login’s token', f => bearer(String(f.login.access_token))],
    ['with an API key', f => bearer(f.apiKey)],
  ])('%s', async ([name, make]) => {
    expect((await send(era, name, await make(forge))).status).toBe(200);
  });
});

describe.for(ERAS)('T15, T16: a request of %s is refused as invalid_token', era => {
  it.for([...CLAIMS, ...SIGNATURES, ...KINDS])('with %s', async ([name, make]) => {
    const sent = await make(forge);
    const answer = await send(era, name, sent);
    expect(answer.status).toBe(401);
    const challenge = answer.headers.get('www-authenticate');
    expect(challenge).toContain(`${challengeOf(sent.path ?? '/mcp', 'invalid_token')}, error_description="`);
    expect(answer.text + challenge).not.toContain(sent.authorization?.slice(7, 60) || 'never');
    expect(answer.message.error ?? answer.message).not.toHaveProperty('stack');
  });
});

describe.for(ERAS)('a request of %s is refused as one without a credential', era => {
  it.for(PLACES)('with %s', async ([name, make]) => {
    const answer = await send(era, name, await make(forge));
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challengeOf('/mcp')]);
  });
});

describe('what no HTTP client would send', () => {
  const raw = (...lines: readonly string[]) =>
    sendBytes(
      forge.gateway.port,
      [
        'POST /mcp HTTP/1.1',
        `Host: localhost:${forge.gateway.port}`,
        'Connection: close',
        'Content-Length: 2',
        'X-Forwarded-For: 10.9.9.9',
        ...lines,
        '',
        '{}',
      ].join('\r\n'),
    );

  it('a doubled Authorization is 400 with invalid_request, whatever stands in it', async () => {
    const good = `Authorization: Bearer ${forge.apiKey}`;
    for (const other of [good, 'authorization: Basic YTpi', 'Authorization:']) {
      const answer = await raw(good, other);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toMatch(/^www-authenticate: Bearer .*error="invalid_request"/im);
    }
  });

  it.for([
    ['a control character', 'Bearer a\u0001b', 400],
    ['a line that goes on', 'Bearer a\r\n b', 400],
    ['a header of more than 16 KB', `Bearer ${'a'.repeat(20_000)}`, 431],
  ] as const)('%s ends before anybody is asked', async ([, value, status]) => {
    expect(await raw(`Authorization: ${value}`)).toMatch(new RegExp(`^HTTP/1\\.1 (401|${status}) `));
  });
});

it('each of them is in the ledger, with where it came from and never what was shown', async () => {
  forge.clock.pass(10_000);
  const wanted = [...addresses].filter(
    ([key]) => ![...SILENT].some(name => key.endsWith(` ${name}`)) && isRefused(key),
  );
  const rows = async () => (await forge.gateway.store.listEvents(1000)).filter(row => TOLD.has(row.type));
  await expect.poll(async () => (await rows()).some(row => row.address === '10.9.9.9')).toBe(true);
  const found = await rows();
  const seen = new Set(found.map(row => row.address));
  expect(wanted.filter(([, address]) => !seen.has(address)).map(([key]) => key)).toEqual([]);
  expect(wanted.length).toBeGreaterThan(100);
  const text = JSON.stringify(found);
  for (const secret of [
    forge.apiKey,
    forge.login.refresh_token,
    forge.setupToken,
    forge.cookie.split('=')[1],
  ])
    expect(text).not.toContain(secret);
  const silent = (await forge.gateway.store.listActivity(5000)).filter(row => row.outcome === 'refused');
  for (const name of SILENT)
    expect(
      silent.some(row => row.address === addresses.get(`2025 ${name}`) && row.fault === 'unauthorized'),
    ).toBe(true);
});

const LET_IN = /^\d+ (with|until|from|for) /;
const isRefused = (key: string) => !LET_IN.test(key);
