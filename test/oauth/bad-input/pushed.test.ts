import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack } from '../support/attack.ts';
import { type Change, long, set, twice, without } from '../support/params.ts';
import { REDIRECT, WEB_REDIRECT } from '../support/world.ts';

let attack: Attack;
let mine = '';
let other = '';

beforeAll(async () => {
  attack = await startAttack();
  mine = await attack.clientId();
  other = await attack.clientId({ redirect_uris: [WEB_REDIRECT] });
});
afterAll(() => attack.close());

type Expected = { readonly back: string };
type Row = readonly [what: string, change: Change, expected: Expected];

const back = (error: string) => ({ back: error });

describe('a state', () => {
  it.for([
    ['of 8,000 letters', long(8000)],
    ['with a line', 'a\r\nset-cookie: x=y'],
    ['with every letter', 'ä 🦦 <>"\'&=#?%00'],
  ])('%s comes back as it was, and only as the state', async ([what = '', state = '']) => {
    const params = askFor(mine, { state, code_challenge: undefined });
    const { location, headers } = await attack.send(what, `/authorize?${params}`);
    expect(new URL(location ?? '').searchParams.get('state')).toBe(state);
    expect(headers.get('set-cookie') ?? '').not.toContain('x=y');
    expect(location?.startsWith(`${REDIRECT}?`)).toBe(true);
  });
});

describe('a request that is pushed first', () => {
  const push = (row: string, change: Change = () => {}) => {
    const params = askFor(mine);
    change(params);
    return attack.send(row, '/oauth/par', { method: 'POST', body: params });
  };
  const ROWS: readonly Row[] = [
    ['p: an unknown client_id', set('client_id', 'nobody'), back('invalid_client')],
    ['p: no client_id', without('client_id'), back('invalid_request')],
    ['p: client_id twice', twice('client_id'), back('invalid_request')],
    [
      'p: an unregistered redirect_uri',
      set('redirect_uri', 'https://evil.example/'),
      back('invalid_request'),
    ],
    ['p: redirect_uri twice', twice('redirect_uri'), back('invalid_request')],
    ['p: no code_challenge', without('code_challenge'), back('invalid_request')],
    ['p: plain', set('code_challenge_method', 'plain'), back('invalid_request')],
    [
      'p: a request_uri',
      set('request_uri', 'urn:ietf:params:oauth:request_uri:x'),
      back('request_uri_not_supported'),
    ],
    ['p: a request object', set('request', 'e30.e30.'), back('request_not_supported')],
    ['p: a foreign resource', set('resource', 'https://other.example'), back('invalid_target')],
    ['p: an unknown scope', set('scope', 'everything'), back('invalid_scope')],
    ['p: the implicit grant', set('response_type', 'token'), back('unsupported_response_type')],
  ];
  it.for(ROWS)('with %s is refused', async ([what, change, expected]) => {
    const sent = await push(what, change);
    const error = typeof expected === 'object' && 'back' in expected ? expected.back : '';
    expect([sent.status, JSON.parse(sent.text).error]).toEqual([
      error === 'invalid_client' ? 401 : 400,
      error,
    ]);
  });

  it('is good once, for its own client, and for ninety seconds', async () => {
    const use = async (row: string, client: string, uri: string) => {
      const asked = new URLSearchParams({ client_id: client, request_uri: uri });
      return attack.send(row, `/authorize?${asked}`);
    };
    const pushed = async () => String(JSON.parse((await push('p: good')).text).request_uri);
    const foreign = await use('p: of another client', other, await pushed());
    expect(foreign.location ?? '').not.toMatch(/interaction|127\.0\.0\.1:62003/);
    const late = await pushed();
    attack.pass(91_000);
    const expired = await use('p: expired', mine, late);
    expect(expired.location).toContain(`${REDIRECT}?error=invalid_request_uri`);
    expect((await use('p: fine', mine, await pushed())).location).toContain('/oauth/interaction/');
  });

  it('is in the ledger where it was refused', async () => {
    await attack.expectEvents([...ROWS.map(([what]) => what), 'p: of another client', 'p: expired']);
  });
});
