import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClient } from '../../../src/oauth/index.ts';
import { type Attack, startAttack, textOf } from '../support/attack.ts';
import { REDIRECT } from '../support/world.ts';

let attack: Attack;
let machine = { id: '', secret: '' };

beforeAll(async () => {
  attack = await startAttack();
  await attack.addPerson('alice');
  const user = await attack.store.userByName('alice');
  const draft = { name: 'machine', auth: 'secret', redirectUris: [REDIRECT], allowsDevices: false } as const;
  const { client, secret } = makeClient({ ...draft, userId: user?.id }, { now: Date.now });
  machine = { id: client.id, secret: secret?.reveal() ?? '' };
  await attack.store.oauth.putClient(client);
});
afterAll(() => attack.close());

const FORM = 'application/x-www-form-urlencoded';
const good = () => ({
  grant_type: 'client_credentials',
  client_id: machine.id,
  client_secret: machine.secret,
});
const formOf = (params: object) => new URLSearchParams(params as Record<string, string>).toString();

type Body = { readonly type?: string | undefined; readonly text: () => string };
type BodyRow = readonly [what: string, body: Body, status: number, error: string];

const json = (text: () => string): Body => ({ type: 'application/json', text });
const BODIES: readonly BodyRow[] = [
  ['no body', { text: () => '' }, 400, 'invalid_request'],
  ['an empty form', { type: FORM, text: () => '' }, 400, 'invalid_request'],
  ['text', { type: 'text/plain', text: () => formOf(good()) }, 400, 'invalid_request'],
  ['no type', { type: '', text: () => formOf(good()) }, 400, 'invalid_request'],
  ['XML', { type: 'application/xml', text: () => '<a/>' }, 400, 'invalid_request'],
  [
    'a multipart form',
    { type: 'multipart/form-data; boundary=x', text: () => '--x--' },
    400,
    'invalid_request',
  ],
  ['a form that is JSON', { type: FORM, text: () => JSON.stringify(good()) }, 400, 'invalid_request'],
  ['JSON that is a form', json(() => formOf(good())), 400, 'invalid_request'],
  ['JSON that is cut off', json(() => '{"grant_type":'), 400, 'invalid_request'],
  ['a JSON list', json(() => '[]'), 400, 'invalid_request'],
  ['a JSON null', json(() => 'null'), 400, 'invalid_request'],
  ['a JSON text', json(() => '"grant_type"'), 400, 'invalid_request'],
  [
    'JSON with an object in it',
    json(() => JSON.stringify({ ...good(), scope: { a: 1 } })),
    400,
    'invalid_request',
  ],
  ['JSON with a flag in it', json(() => JSON.stringify({ ...good(), scope: true })), 400, 'invalid_request'],
  [
    'JSON with two secrets',
    json(() => JSON.stringify({ ...good(), client_secret: ['a', 'b'] })),
    400,
    'invalid_request',
  ],
  ['JSON of deep lists', json(() => '['.repeat(30_000)), 400, 'invalid_request'],
  [
    'JSON with __proto__',
    json(() => '{"__proto__":{"grant_type":"client_credentials"}}'),
    400,
    'invalid_request',
  ],
  [
    'a body of 200 KB',
    { type: FORM, text: () => `${formOf(good())}&a=${'a'.repeat(200_000)}` },
    413,
    'invalid_request',
  ],
  [
    'a form of many names',
    { type: FORM, text: () => Array.from({ length: 5000 }, (_, i) => `a${i}=1`).join('&') },
    400,
    'invalid_request',
  ],
];

const post = (row: string, text: string, headers: Record<string, string>) =>
  attack.send(row, '/oauth/token', { method: 'POST', body: Buffer.from(text), headers });

describe('a body at the token endpoint', () => {
  it.for(BODIES)('that is %s is refused', async ([what, { type = FORM, text }, status, error]) => {
    const sent = await post(what, text(), type === '' ? {} : { 'content-type': type });
    expect([sent.status, textOf(sent.text)], sent.text).toEqual([status, error]);
    expect(sent.headers.get('cache-control')).toBe('no-store');
  });

  it('in JSON means what the form means, also with nulls and with a charset', async () => {
    const text = JSON.stringify({ ...good(), scope: null });
    for (const type of ['application/json', 'application/json; charset=utf-8'])
      expect((await post('good', text, { 'content-type': type })).status).toBe(200);
  });

  it('is in the ledger where it was refused', async () => {
    await attack.expectEvents(BODIES.map(([what]) => what));
  });
});
