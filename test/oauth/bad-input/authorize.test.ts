import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack } from '../support/attack.ts';
import { all, type Change, long, set, twice, without } from '../support/params.ts';
import { makePkce, REDIRECT, WEB_REDIRECT } from '../support/world.ts';

let attack: Attack;
let mine = '';
let other = '';
let headless = '';
let machine = '';

beforeAll(async () => {
  attack = await startAttack();
  mine = await attack.clientId();
  other = await attack.clientId({ redirect_uris: [WEB_REDIRECT] });
  headless = await attack.clientId({
    redirect_uris: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  });
  machine = await attack.clientId({ redirect_uris: [REDIRECT, WEB_REDIRECT] });
});
afterAll(() => attack.close());

/** `page`: said to the person, and nobody is sent anywhere. `back`: said to the client. `on`: harmless. */
type Expected = { readonly page: string } | { readonly back: string } | 'on';
type Row = readonly [what: string, change: Change, expected: Expected];

const page = (error: string) => ({ page: error });
const back = (error: string) => ({ back: error });

const CLIENT: readonly Row[] = [
  ['no client_id', without('client_id'), page('invalid_request')],
  ['an empty client_id', set('client_id', ''), page('invalid_request')],
  ['client_id twice', twice('client_id'), page('invalid_request')],
  ['two client_ids', params => params.append('client_id', other), page('invalid_request')],
  ['an unknown client_id', set('client_id', 'nobody'), page('invalid_client')],
  ['a client_id of 10,000 letters', set('client_id', long(10_000)), page('invalid_client')],
  ['a client_id with a zero byte', params => params.set('client_id', `${mine}\0`), page('invalid_client')],
  ['a client_id in other case', params => params.set('client_id', swapCase(mine)), page('invalid_client')],
  ['a client_id with a space', params => params.set('client_id', `${mine} `), page('invalid_client')],
  ['a client_id that is SQL', set('client_id', "' OR 1=1 --"), page('invalid_client')],
  ['a client_id that is __proto__', set('client_id', '__proto__'), page('invalid_client')],
  ['a client_id that is markup', set('client_id', '<script>alert(1)</script>'), page('invalid_client')],
  ['the client of /auth/login', set('client_id', 'authmcp-login'), page('invalid_redirect_uri')],
  ['a client without redirects', params => params.set('client_id', headless), page('invalid_redirect_uri')],
];

const REDIRECTS: readonly Row[] = [
  ['no redirect_uri where there is one', without('redirect_uri'), 'on'],
  [
    'no redirect_uri where there are two',
    all(without('redirect_uri'), params => params.set('client_id', machine)),
    page('invalid_request'),
  ],
  // A client with one address is told there; whatever else was named is never gone to.
  ['redirect_uri twice', twice('redirect_uri'), back('invalid_request')],
  ['two redirect_uris', twice('redirect_uri', 'https://evil.example/'), back('invalid_request')],
  ['an evil one first', params => evilFirst(params), back('invalid_request')],
  [
    'two redirect_uris of a client that has two',
    all(twice('redirect_uri', WEB_REDIRECT), params => params.set('client_id', machine)),
    page('invalid_request'),
  ],
  ['that of another client', set('redirect_uri', WEB_REDIRECT), page('invalid_redirect_uri')],
  [
    'a redirect_uri of 10,000 letters',
    set('redirect_uri', `${REDIRECT}/${long(9000)}`),
    page('invalid_redirect_uri'),
  ],
  ['a redirect_uri that is none', set('redirect_uri', 'callback'), page('invalid_redirect_uri')],
  [
    'a bad redirect_uri and nothing else right',
    all(
      set('redirect_uri', 'https://evil.example/'),
      without('code_challenge'),
      set('response_type', 'token'),
    ),
    page('invalid_redirect_uri'),
  ],
];

const PKCE: readonly Row[] = [
  ['no code_challenge', without('code_challenge'), back('invalid_request')],
  ['an empty code_challenge', set('code_challenge', ''), back('invalid_request')],
  ['code_challenge twice', twice('code_challenge'), back('invalid_request')],
  ['two code_challenges', twice('code_challenge', makePkce().challenge), back('invalid_request')],
  ['a short code_challenge', set('code_challenge', long(42)), back('invalid_request')],
  ['a long code_challenge', set('code_challenge', long(129)), back('invalid_request')],
  ['a code_challenge of 10,000 letters', set('code_challenge', long(10_000)), back('invalid_request')],
  [
    'a code_challenge with letters that it has not',
    set('code_challenge', `${long(42)}!`),
    back('invalid_request'),
  ],
  ['no method', without('code_challenge_method'), back('invalid_request')],
  ['an empty method', set('code_challenge_method', ''), back('invalid_request')],
  ['the method plain', set('code_challenge_method', 'plain'), back('invalid_request')],
  ['the method s256', set('code_challenge_method', 's256'), back('invalid_request')],
  ['the method S512', set('code_challenge_method', 'S512'), back('invalid_request')],
  ['the method twice', twice('code_challenge_method'), back('invalid_request')],
  ['S256 and plain', twice('code_challenge_method', 'plain'), back('invalid_request')],
  [
    'neither challenge nor method',
    all(without('code_challenge'), without('code_challenge_method')),
    back('invalid_request'),
  ],
];

const RESPONSES: readonly Row[] = [
  ['no response_type', without('response_type'), back('invalid_request')],
  ['response_type twice', twice('response_type'), back('invalid_request')],
  ['the implicit grant', set('response_type', 'token'), back('unsupported_response_type')],
  ['an ID token by redirect', set('response_type', 'id_token'), back('unsupported_response_type')],
  ['the hybrid flow', set('response_type', 'code token'), back('unsupported_response_type')],
  ['response_type none', set('response_type', 'none'), back('unsupported_response_type')],
  ['response_type CODE', set('response_type', 'CODE'), back('unsupported_response_type')],
  [
    'a response_type of 10,000 letters',
    set('response_type', long(10_000)),
    back('unsupported_response_type'),
  ],
  ['response_mode jwt', set('response_mode', 'jwt'), back('unsupported_response_mode')],
  ['response_mode web_message', set('response_mode', 'web_message'), back('unsupported_response_mode')],
  ['response_mode twice', twice('response_mode', 'query'), 'on'],
  ['an unknown response_mode', set('response_mode', 'pigeon'), back('unsupported_response_mode')],
];

const SCOPES: readonly Row[] = [
  ['scope twice', all(twice('scope', 'mcp'), twice('scope', 'mcp')), back('invalid_request')],
  ['a scope that does not exist', set('scope', 'everything'), back('invalid_scope')],
  ['the scope admin', set('scope', 'admin'), back('invalid_scope')],
  ['the scope admin beside mcp', set('scope', 'mcp admin'), 'on'],
  ['a scope of 10,000 letters', set('scope', long(10_000)), back('invalid_scope')],
  ['a scope with a quote', set('scope', 'mcp" admin'), back('invalid_scope')],
  ['a scope with a line', set('scope', 'mcp\r\nadmin'), back('invalid_scope')],
  ['a scope with a zero byte', set('scope', 'mcp\0'), back('invalid_scope')],
  ['a server that does not exist', set('scope', 'mcp:nowhere'), back('invalid_scope')],
  ['a server that is a path', set('scope', 'mcp:../admin'), back('invalid_scope')],
];

const RESOURCES: readonly Row[] = [
  ['a foreign resource', set('resource', 'https://other.example/mcp'), back('invalid_target')],
  ['a resource that is no address', set('resource', 'mcp'), back('invalid_target')],
  ['a resource with a fragment', params => ours(params, '/mcp#a'), back('invalid_target')],
  ['a resource with a query', params => ours(params, '/mcp?a=b'), back('invalid_target')],
  ['a resource with a path of ours', params => ours(params, '/admin'), back('invalid_target')],
  ['a resource that climbs', params => ours(params, '/mcp/a/../../admin'), back('invalid_target')],
  ['a resource that climbs to ours', params => ours(params, '/mcp/%2e%2e'), 'on'],
  [
    'a resource with a userinfo',
    params => params.set('resource', `${attack.origin.replace('//', '//a@')}/mcp`),
    back('invalid_target'),
  ],
  ['our host with another port', set('resource', 'http://localhost:1/mcp'), back('invalid_target')],
  [
    'our host by https',
    params => params.set('resource', `${attack.origin.replace('http:', 'https:')}/mcp`),
    back('invalid_target'),
  ],
  ['a resource of 10,000 letters', params => ours(params, `/mcp/${long(10_000)}`), back('invalid_target')],
  ['a resource that is a script', set('resource', 'javascript:alert(1)'), back('invalid_target')],
  [
    'ours and a foreign one',
    all(params => ours(params, '/mcp'), twice('resource', 'https://other.example/')),
    back('invalid_target'),
  ],
  [
    'two of ours',
    all(
      params => ours(params, '/mcp'),
      params => params.append('resource', `${attack.origin}/mcp/one`),
    ),
    back('invalid_target'),
  ],
];

const OTHERS: readonly Row[] = [
  ['state twice', twice('state', 'other'), back('invalid_request')],
  ['prompt none', set('prompt', 'none'), back('login_required')],
  ['prompt none and login', set('prompt', 'none login'), back('invalid_request')],
  ['an unknown prompt', set('prompt', 'teleport'), back('invalid_request')],
  ['prompt create', set('prompt', 'create'), back('invalid_request')],
  ['prompt twice', all(twice('prompt', 'login'), twice('prompt', 'login')), back('invalid_request')],
  ['a request object', set('request', 'e30.e30.'), back('request_not_supported')],
  [
    'a request object from an address',
    set('request_uri', 'https://other.example/r.jwt'),
    back('request_uri_not_supported'),
  ],
  [
    'a request object from this machine',
    set('request_uri', 'http://127.0.0.1:1/'),
    back('request_uri_not_supported'),
  ],
  [
    'an unknown pushed request',
    set('request_uri', 'urn:ietf:params:oauth:request_uri:nothing'),
    back('invalid_request_uri'),
  ],
  [
    'request_uri twice',
    all(twice('request_uri', 'urn:a'), twice('request_uri', 'urn:b')),
    back('invalid_request'),
  ],
  [
    'request and request_uri',
    all(set('request', 'e30.e30.'), set('request_uri', 'urn:x')),
    back('request_not_supported'),
  ],
  ['registration', set('registration', '{}'), back('registration_not_supported')],
  ['claims that are no JSON', set('claims', '{'), 'on'],
  [
    'claims with openid',
    all(set('claims', '{"id_token":{"admin":{"essential":true}}}'), set('scope', 'openid')),
    'on',
  ],
  ['max_age below zero', all(set('max_age', '-1'), set('scope', 'openid')), back('invalid_request')],
  ['max_age that is no number', all(set('max_age', 'soon'), set('scope', 'openid')), back('invalid_request')],
  [
    'max_age beyond all numbers',
    all(set('max_age', '1e400'), set('scope', 'openid')),
    back('invalid_request'),
  ],
  [
    'an id_token_hint that is none',
    all(set('id_token_hint', 'x'), set('scope', 'openid')),
    back('invalid_request'),
  ],
  [
    'nonce twice',
    all(twice('nonce', 'a'), twice('nonce', 'b'), set('scope', 'openid')),
    back('invalid_request'),
  ],
  ['login_hint twice', all(twice('login_hint', 'a'), twice('login_hint', 'b')), back('invalid_request')],
  ['__proto__', set('__proto__', 'x'), 'on'],
  [
    'a thousand names',
    params => {
      for (let i = 0; i < 900; i++) params.append(`a${i}`, '1');
    },
    'on',
  ],
  ['what the gateway adds itself', set('authmcp_user', 'root'), 'on'],
];

function swapCase(text: string): string {
  return [...text].map(c => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
}
function evilFirst(params: URLSearchParams): void {
  params.set('redirect_uri', 'https://evil.example/');
  params.append('redirect_uri', REDIRECT);
}
const ours = (params: URLSearchParams, path: string) => params.set('resource', attack.origin + path);

const TABLE = [...CLIENT, ...REDIRECTS, ...PKCE, ...RESPONSES, ...SCOPES, ...RESOURCES, ...OTHERS];

const unescaped = (html: string) =>
  html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

describe('a request at /authorize', () => {
  it.for(TABLE)('with %s', async ([what, change, expected]) => {
    const params = askFor(mine);
    change(params);
    const sent = await attack.send(what, `/authorize?${params}`);
    const { location } = sent;
    if (expected === 'on') {
      expect(location).toMatch(/^(http:\/\/localhost:\d+)?\/oauth\/interaction\/[\w-]+$/);
      return;
    }
    if ('page' in expected) {
      expect([sent.status, location]).toEqual([400, undefined]);
      expect(unescaped(sent.text)).toContain(`${expected.page}: `);
      expect(sent.text).toMatch(/request <code>[\da-f-]{36}<\/code>/);
      expect(sent.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      return;
    }
    expect(location?.startsWith(REDIRECT), `${sent.status} ${location} ${sent.text.slice(-400)}`).toBe(true);
    // What an implicit flow gets it gets behind the #.
    const said = Object.fromEntries(new URLSearchParams(location?.split(/[?#]/)[1]));
    const state = what === 'state twice' ? undefined : 'the-state';
    expect({ error: said.error, iss: said.iss, state: said.state }).toEqual({
      error: expected.back,
      iss: attack.origin,
      state,
    });
  });

  it('is in the ledger, with the address that it came from, each that was refused', async () => {
    await attack.expectEvents(TABLE.filter(([, , expected]) => expected !== 'on').map(([what]) => what));
  });
});

it.for(['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('%s at /authorize is another method', async method => {
  const sent = await attack.send(`method ${method}`, `/authorize?${askFor(mine)}`, { method });
  expect([sent.status, sent.headers.get('allow')]).toEqual([405, 'GET']);
});
