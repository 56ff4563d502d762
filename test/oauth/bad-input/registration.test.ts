import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack, textOf } from '../support/attack.ts';
import { type Json, REDIRECT } from '../support/world.ts';

let attack: Attack;
beforeAll(async () => {
  attack = await startAttack();
  await attack.addPerson('alice');
});
afterAll(() => attack.close());

const register = (row: string, body: unknown, headers: Record<string, string> = {}, where = attack) =>
  where.send(row, '/oauth/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const fine = { redirect_uris: [REDIRECT] };
const METADATA = 'invalid_client_metadata';
const KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

describe('a registration that is refused', () => {
  const ROWS: readonly (readonly [what: string, body: unknown, error?: string, status?: number])[] = [
    ['nothing', ''],
    ['no JSON', '{'],
    ['a form', 'redirect_uris=a'],
    ['a list', []],
    ['null', 'null'],
    ['a text', '"a"'],
    ['a number', '5'],
    ['deep lists', '['.repeat(30_000)],
    ['70 KB', { ...fine, client_name: 'a'.repeat(70_000) }, 'invalid_request', 413],
    ['no redirect_uris', {}, 'invalid_redirect_uri'],
    ['an empty list of redirects', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['redirects that are a text', { redirect_uris: REDIRECT }, 'invalid_redirect_uri'],
    ['redirects that are an object', { redirect_uris: { a: REDIRECT } }, 'invalid_redirect_uri'],
    ['redirects in a list in a list', { redirect_uris: [[REDIRECT]] }, 'invalid_redirect_uri'],
    ['a redirect that is null', { redirect_uris: [null] }, 'invalid_redirect_uri'],
    ['a redirect that is a number', { redirect_uris: [7] }, 'invalid_redirect_uri'],
    [
      '21 redirects',
      { redirect_uris: Array.from({ length: 21 }, (_, i) => `${REDIRECT}${i}`) },
      'invalid_redirect_uri',
    ],
    ['grant_types that are a text', { ...fine, grant_types: 'authorization_code' }],
    ['grants that nobody has', { ...fine, grant_types: ['magic'] }],
    ['client credentials', { ...fine, grant_types: ['client_credentials'] }],
    ['the implicit grant', { ...fine, grant_types: ['implicit'] }],
    ['the password grant', { ...fine, grant_types: ['password'] }],
    ['grants of nothing', { ...fine, grant_types: [null, {}, 5] }],
    ['an unknown way to authenticate', { ...fine, token_endpoint_auth_method: 'magic' }],
    ['a way that is off', { ...fine, token_endpoint_auth_method: 'client_secret_jwt' }],
    ['mutual TLS', { ...fine, token_endpoint_auth_method: 'tls_client_auth' }],
    ['a way that is a list', { ...fine, token_endpoint_auth_method: ['none'] }],
    ['a name that is a number', { ...fine, client_name: 5 }],
    ['a name that is an object', { ...fine, client_name: { en: 'x' } }],
    ['contacts that are a text', { ...fine, contacts: 'a@example.com' }],
    ['a key without keys', { ...fine, token_endpoint_auth_method: 'private_key_jwt' }],
    ['keys and an address of keys', { ...fine, jwks: { keys: [KEY] }, jwks_uri: 'https://keys.example/' }],
    ['keys that are a text', { ...fine, jwks: 'x' }],
    ['keys that are no list', { ...fine, jwks: { keys: 'x' } }],
    [
      'a private key',
      { ...fine, jwks: { keys: [{ ...KEY, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }] } },
    ],
    ['a secret as a key', { ...fine, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }],
    ['a jwks_uri that is a script', { ...fine, jwks_uri: 'javascript:alert(1)' }],
    ['a jwks_uri that is a file', { ...fine, jwks_uri: 'file:///etc/passwd' }],
    ['a jwks_uri that is an object', { ...fine, jwks_uri: {} }],
  ];
  it.for(ROWS)('%s', async ([what, body, error = METADATA, status = 400]) => {
    const sent = await register(what, body);
    expect([sent.status, textOf(sent.text)], sent.text).toEqual([status, error]);
    expect(sent.text).not.toContain('client_id');
  });
  it('is in the ledger', () => attack.expectEvents(ROWS.map(([what]) => what)));
});

describe('a registration with something that is not its to say', () => {
  const ROWS: readonly (readonly [what: string, more: object])[] = [
    [
      'nulls [K1]',
      { scope: null, client_secret: null, client_uri: null, grant_types: null, jwks: null, contacts: null },
    ],
    [
      'empty texts [K1]',
      { scope: '', client_uri: '', logo_uri: '', token_endpoint_auth_method: '', jwks_uri: '' },
    ],
    ['an address of a logo that is a script', { logo_uri: 'javascript:alert(1)', client_uri: 'data:,x' }],
    ['the scope admin', { scope: 'admin' }],
    ['an id of its own', { client_id: 'authmcp-login' }],
    ['a secret of its own', { client_secret: 'mine', client_secret_expires_at: 1 }],
    [
      'a registration token',
      { registration_access_token: 'mine', registration_client_uri: 'https://evil.example' },
    ],
    [
      'what administrators decide',
      {
        authmcp_scopes: ['admin'],
        authmcp_user: 'root',
        authmcp_access_ttl_ms: 1e12,
        authmcp_refresh_ttl_ms: 1e12,
      },
    ],
    ['client credentials beside a code', { grant_types: ['authorization_code', 'client_credentials'] }],
    ['the implicit response', { response_types: ['token', 'id_token'] }],
    ['an unknown kind', { application_type: 'mainframe' }],
    ['another algorithm', { id_token_signed_response_alg: 'none', token_endpoint_auth_signing_alg: 'HS256' }],
    [
      'addresses that would be fetched',
      {
        sector_identifier_uri: 'http://127.0.0.1:1/',
        request_uris: ['http://127.0.0.1:1/'],
        backchannel_logout_uri: 'http://127.0.0.1:1/',
        initiate_login_uri: 'https://127.0.0.1:1/',
      },
    ],
    ['software that is an object', { software_id: { a: 1 }, software_version: [] }],
    ['a statement', { software_statement: 'e30.e30.' }],
    ['a prototype', JSON.parse('{"__proto__":{"grant_types":["client_credentials"]},"constructor":{"a":1}}')],
  ];
  it.for(ROWS)('%s goes on without it', async ([what, more]) => {
    const sent = await register(what, { ...fine, ...more });
    expect(sent.status, sent.text).toBe(201);
    const made = JSON.parse(sent.text) as Json;
    expect(made).toMatchObject({
      grant_types: expect.arrayContaining(['authorization_code']),
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
    expect(Object.values(made)).not.toContain(null);
    for (const name of [
      'client_secret',
      'scope',
      'authmcp_scopes',
      'authmcp_user',
      'logo_uri',
      'jwks_uri',
      'sector_identifier_uri',
      'request_uris',
      'software_statement',
    ])
      expect(made).not.toHaveProperty(name);
    expect(made.client_id).not.toBe('authmcp-login');
    expect(made.id_token_signed_response_alg).toBe('ES256');
    expect(made.registration_client_uri).toBe(attack.url(`/oauth/register/${made.client_id}`));
    const kept = await attack.store.oauth.client(String(made.client_id));
    expect(kept).toMatchObject({ source: 'dcr', userId: undefined, accessTtlMs: undefined });
    expect(kept?.metadata).not.toMatch(/authmcp_|client_credentials|evil/);
    const own = await attack.post('/oauth/token', {
      grant_type: 'client_credentials',
      client_id: String(made.client_id),
    });
    expect(own).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });
});

describe('a name', () => {
  const NAMES: readonly (readonly [what: string, name: string, shown: RegExp])[] = [
    ['of 10,000 letters', 'A'.repeat(10_000), /<h1>A{59}…<\/h1>|<h1>A{60}…?<\/h1>/],
    [
      'that is a script',
      '<script>alert(1)</script><img src=x onerror=alert(1)>',
      /<h1>&lt;script&gt;alert\(1\)/,
    ],
    ['that turns the text around', 'safe\u202Egnp.exe\u202C \u2066x\u2069\u200F', /<h1>safegnp\.exe x<\/h1>/],
    [
      'of letters that nobody sees',
      '\u200b\u200d\u2060\ufeff\u00ad\u034f\u3164\u115f\uffa0\u2800\u180e\ufe0f\u{e0041}',
      /<h1>A program without a name<\/h1>/,
    ],
    ['of lines', 'Claude\r\n\r\nset-cookie: a=b\u2028x\u0085y', /<h1>Claude set-cookie: a=bx ?y<\/h1>/],
    ['of piled marks', `Z${'\u0351\u0352'.repeat(25)}lgo`, /<h1>Z[\u0351\u0352]{2}lgo<\/h1>/],
    ['that closes the page', '</title></style><style>*{display:none}</style>', /<h1>&lt;\/title&gt;/],
    ['of half a letter', `a\ud83d`, /<h1>a\ufffd?<\/h1>/],
    ['that is a template', ['$', '{7*7}{{7*7}}%s%n'].join(''), /<h1>\$\{7\*7\}\{\{7\*7\}\}%s%n<\/h1>/],
  ];
  it.for(NAMES)('%s does nothing on the page', async ([, client_name, shown]) => {
    const body = `{"redirect_uris":["${REDIRECT}"],"client_name":${JSON.stringify(client_name)}}`;
    const { client_id } = JSON.parse((await register('good', body)).text) as Json;
    const browser = attack.browserOf('alice');
    const login = await browser.open(attack.authorizeUrl(Object.fromEntries(askFor(String(client_id)))));
    const page = await browser.submit(login);
    for (const { text } of [login, page]) {
      expect(text).not.toMatch(/<script>alert|<img|<style>\*|[\u202a-\u202e\u2066-\u2069\u200b\u3164\u2800]/);
      expect(text.length).toBeLessThan(10_000);
    }
    expect(page.text).toMatch(shown);
    expect(page.text).toContain('Unverified');
    expect(page.headers.get('set-cookie') ?? '').not.toContain('a=b');
  });
});

describe('T33: a flood of registrations', () => {
  let limited: Attack;
  beforeAll(async () => {
    limited = await startAttack({ settings: { rateLimit: { enabled: true, dcr: { max: 5, window: 60 } } } });
  });
  afterAll(() => limited.close());

  it('is stopped for its address alone, says when to come back, and lets it in then', async () => {
    const once = (row: string) => register(row, fine, {}, limited);
    const answers = await Promise.all(Array.from({ length: 40 }, () => once('flood')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = answers.find(({ status }) => status === 429);
    expect(textOf(refused?.text ?? '')).toBe('too_many_requests');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await once('somebody else')).status).toBe(201);
    limited.pass(Number(refused?.headers.get('retry-after')) * 1000);
    expect((await once('flood')).status).toBe(201);
    await limited.expectEvents(['flood'], ['rate_limited']);
  });

  it.for(['/authorize', '/oauth/par', '/oauth/device_authorization'])(
    'is what begins at %s, too',
    async path => {
      const body = askFor('nobody');
      const send = () =>
        path === '/authorize'
          ? limited.send(path, `${path}?${body}`)
          : limited.send(path, path, { method: 'POST', body });
      const answers = await Promise.all(Array.from({ length: 310 }, send));
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
      await limited.expectEvents([path], ['rate_limited']);
    },
  );

  it('counts what is malformed too, by either path', async () => {
    for (let i = 0; i < 5; i++) await limited.send('malformed', '/register', { method: 'POST', body: '{' });
    expect((await register('malformed', fine, {}, limited)).status).toBe(429);
  });

  it('is one address where it comes from many of one network of IPv6', async () => {
    const from = (i: number) =>
      limited.send(
        'v6',
        '/oauth/register',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(fine),
        },
        `2001:db8:7:7::${i.toString(16)}`,
      );
    const answers = [];
    for (let i = 1; i < 12; i++) answers.push((await from(i)).status);
    expect(answers.filter(status => status === 201).length).toBeLessThanOrEqual(5);
  });
});

describe('registration', () => {
  it('asks for the initial access token where one is set', async () => {
    const token = 'a-token-of-the-administrator-1234';
    const closed = await startAttack({
      settings: { dcr: { requireInitialToken: true } },
      env: { DCR_INITIAL_ACCESS_TOKEN: token },
    });
    const withToken = (row: string, given?: string) =>
      register(row, fine, given === undefined ? {} : { authorization: `Bearer ${given}` }, closed);
    expect((await withToken('none')).status).toBe(401);
    expect((await withToken('wrong', 'wrong')).status).toBe(401);
    expect((await withToken('half', token.slice(0, -1))).status).toBe(401);
    expect((await withToken('right', token)).status).toBe(201);
    await closed.expectEvents(['none', 'wrong', 'half']);
    await closed.close();
  });

  it('that is off is not offered, and refused with words', async () => {
    const off = await startAttack({ env: { ALLOW_DCR: 'false' } });
    const { text } = await off.send('good', '/.well-known/oauth-authorization-server');
    expect(JSON.parse(text)).not.toHaveProperty('registration_endpoint');
    for (const path of ['/oauth/register', '/register', '/oauth/register/abc']) {
      const method = path.endsWith('abc') ? 'GET' : 'POST';
      const sent = await off.send(path, path, {
        method,
        ...(method === 'POST' && { body: JSON.stringify(fine) }),
      });
      expect([400, 403, 404]).toContain(sent.status);
      expect(textOf(sent.text), path).not.toBe('');
    }
    await off.expectEvents(['/oauth/register', '/register', '/oauth/register/abc']);
    await off.close();
  });
});
