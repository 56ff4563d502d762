import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, importSPKI, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/index.ts';
import { sendJson } from '../../fixtures/serve.ts';
import { createPlace } from '../../store/support/stores.ts';
import { type Authority, type AuthorityOptions, startAuthority } from './support/authority.ts';
import { connect, createWorld, entry, leaseOf, type Person, type World } from './support/world.ts';

const DOCUMENT = 'https://gateway.example/client.json';
let authority: Authority;
let world: World;
let ann: Person;

const begin = async (options: AuthorityOptions = {}, auth = {}, more = {}) => {
  authority.become(options);
  world = await createWorld({ entries: [entry('s', authority.url(), auth)], ...more });
  ann = await world.person('ann');
};
const go = () => connect(world, 's', ann, authority.visit);
const registrations = () => authority.asked('/register').map(({ body }) => JSON.parse(body));
const tokenRequests = () => authority.asked('/token');

beforeEach(async () => {
  authority = await startAuthority();
});
afterEach(async () => {
  await world.close();
  await authority.close();
});

describe('who the gateway is at an authorization server', () => {
  it('is what an operator registered, before all else', async () => {
    const auth = { clientId: 'mine-1_a', clientSecret: new Secret('s3cret:+') };
    await begin({ metadata: { client_id_metadata_document_supported: true } }, auth, {
      metadataUrl: DOCUMENT,
    });
    const { url } = await go();
    expect(url.searchParams.get('client_id')).toBe('mine-1_a');
    expect(url.searchParams.get('redirect_uri')).toBe('http://localhost:8000/connect/callback');
    expect(registrations()).toEqual([]);
    // RFC 6749 section 2.3.1: form-encoded before Base64.
    const basic = Buffer.from('mine-1_a:s3cret%3A%2B').toString('base64');
    expect(tokenRequests()[0]?.headers.authorization).toBe(`Basic ${basic}`);
  });

  it('is its document where that is understood', async () => {
    await begin({ metadata: { client_id_metadata_document_supported: true } }, {}, { metadataUrl: DOCUMENT });
    const { url, finished } = await go();
    expect(finished).toMatchObject({ kind: 'connected' });
    expect(url.searchParams.get('client_id')).toBe(DOCUMENT);
    const document = world.connections.clientMetadata();
    expect(document).toMatchObject({ client_id: DOCUMENT, token_endpoint_auth_method: 'none' });
    expect(document?.redirect_uris).toEqual([url.searchParams.get('redirect_uri')]);
    expect(tokenRequests()[0]?.form.get('client_id')).toBe(DOCUMENT);
    expect(registrations()).toEqual([]);
  });

  it.for([
    [undefined, {}],
    ['http://gateway.example/client.json', { client_id_metadata_document_supported: true }],
    ['https://gateway.example', { client_id_metadata_document_supported: true }],
    [DOCUMENT, { client_id_metadata_document_supported: false }],
  ] as const)('is registered where there is no document (%s)', async ([metadataUrl, metadata]) => {
    await begin({ metadata }, {}, metadataUrl ? { metadataUrl } : {});
    await go();
    expect(registrations()).toHaveLength(1);
  });

  it.for([
    ['http://localhost:8000', 'native'],
    ['https://gateway.example', 'web'],
  ])('at %s registers as %s, once for all people and servers', async ([origin, type]) => {
    const places = { entries: [entry('s', authority.url()), entry('t', authority.url())] };
    await begin({}, {}, { origin, ...places });
    const { url } = await go();
    await connect(world, 't', await world.person('ben'), authority.visit);
    expect(registrations()).toHaveLength(1);
    expect(registrations()[0]).toMatchObject({
      application_type: type,
      redirect_uris: [url.searchParams.get('redirect_uri')],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    });
    expect(url.searchParams.get('redirect_uri')).toMatch(new RegExp(`^${origin}/connect/callback`));
  });

  it('is nobody where nothing works', async () => {
    await begin({ metadata: { registration_endpoint: null } });
    await world.connections.plan(world.entry('s'), ann.person);
    await expect(world.connections.begin(world.entry('s'), ann)).rejects.toThrow(/takes no new clients/);
  });

  it.for<[number, unknown]>([
    [400, { error: 'invalid_redirect_uri', error_description: 's3cret' }],
    [201, {}],
    [201, { client_id: '' }],
    [302, {}],
    [201, 'nothing'],
  ])('refused (%d %j): a sentence, not its words', async ([status, body]) => {
    await begin({ answers: { '/register': response => sendJson(response, status, body) } });
    await expect(world.connections.begin(world.entry('s'), ann)).rejects.toThrow(
      /^(?!.*s3cret).*refused to register/,
    );
  });

  it('is registered anew when the secret has expired', async () => {
    const answer = () => ({
      client_id: 'c',
      client_secret: 's',
      client_secret_expires_at: Math.floor(world.clock.now() / 1000) + 60,
    });
    await begin({ answers: { '/register': response => sendJson(response, 201, answer()) } });
    await go();
    await go();
    expect(registrations()).toHaveLength(1);
    world.clock.pass(61_000);
    await go();
    expect(registrations()).toHaveLength(2);
  });

  it('is registered anew when the authorization server forgot it', async () => {
    await begin();
    await go();
    authority.become({
      answers: { '/token': response => sendJson(response, 401, { error: 'invalid_client' }) },
    });
    expect((await go()).finished).toMatchObject({ why: 'failed' });
    authority.become({});
    expect((await go()).finished).toMatchObject({ kind: 'connected' });
    expect(registrations()).toHaveLength(2);
  });
});

describe('credentials stay where they belong', () => {
  it('a server that moves to another authorization server: registered there, nothing of the former is shown', async () => {
    await begin({
      answers: {
        '/register': response => sendJson(response, 201, { client_id: 'former', client_secret: 's3cret' }),
      },
    });
    await go();
    const former = await leaseOf(world, 's', ann);
    const next = await startAuthority();
    authority.become({ resource: { authorization_servers: [next.issuer] } });
    const refusal = { status: 401, challenge: 'Bearer', authorization: former };
    expect(await world.connections.refused(world.entry('s'), ann.person, refusal)).toMatchObject({
      why: 'ended',
    });
    expect((await connect(world, 's', ann, next.visit)).plan.issuer).toBe(next.issuer);
    expect(next.asked('/register')).toHaveLength(1);
    const seen = JSON.stringify(next.heard.map(({ headers, body, query }) => [headers, body, `${query}`]));
    for (const secret of ['former', 's3cret', former, ...authority.state.refresh])
      expect(seen).not.toContain(secret);
    await next.close();
  });

  it.for([true, false])('a client of an operator belongs to one issuer (named: %s)', async isNamed => {
    const issuer = isNamed ? { issuer: authority.issuer } : {};
    await begin({}, { clientId: 'mine', clientSecret: new Secret('s3cret'), ...issuer });
    await go();
    const next = await startAuthority();
    authority.become({ resource: { authorization_servers: [next.issuer] } });
    const refused = (async () => {
      await world.connections.plan(world.entry('s'), ann.person);
      await world.connections.begin(world.entry('s'), ann);
    })();
    await expect(refused).rejects.toThrow(/another authorization server than the one/);
    expect(next.asked('/token')).toEqual([]);
    await next.close();
  });

  it('nothing rests in clear', async () => {
    const place = await createPlace('sqlite');
    const register = { client_id: 'c-1', client_secret: 's3cret-of-the-client' };
    await begin({ answers: { '/register': response => sendJson(response, 201, register) } }, {}, { place });
    await go();
    const state = (await world.connections.begin(world.entry('s'), ann)).searchParams.get('state') ?? '';
    const bytes = await place.bytes();
    const secrets = [register.client_secret, state, ...authority.state.access, ...authority.state.refresh];
    for (const secret of secrets) expect(bytes).not.toContain(secret);
    await place.remove();
  });
});

describe('how it proves itself at the token endpoint', () => {
  const registerAs = (answer: object) => ({
    '/register': (response: Parameters<typeof sendJson>[0]) =>
      sendJson(response, 201, { client_id: 'c', ...answer }),
  });
  it.for<[string, readonly string[] | null, object, 'basic' | 'post' | 'none']>([
    ['basic before post', ['client_secret_post', 'client_secret_basic'], { client_secret: 's' }, 'basic'],
    ['post where that is all', ['client_secret_post'], { client_secret: 's' }, 'post'],
    ['none without a secret', ['client_secret_basic', 'none'], {}, 'none'],
    ['basic where nothing is said', null, { client_secret: 's' }, 'basic'],
    [
      'as it was registered',
      ['client_secret_basic', 'client_secret_post'],
      { client_secret: 's', token_endpoint_auth_method: 'client_secret_post' },
      'post',
    ],
    ['none where only that is offered', ['none'], { client_secret: 's' }, 'none'],
  ])('%s', async ([, methods, answer, expected]) => {
    await begin({
      metadata: { token_endpoint_auth_methods_supported: methods },
      answers: registerAs(answer),
    });
    await go();
    const { headers, form } = tokenRequests()[0] ?? { headers: {}, form: new URLSearchParams() };
    const found = headers.authorization?.startsWith('Basic ')
      ? 'basic'
      : form.has('client_secret')
        ? 'post'
        : 'none';
    expect(found).toBe(expected);
    expect(form.get('resource')).toBe(authority.url());
  });

  it.for<[string, ReturnType<typeof generateKeyPairSync>, string | undefined]>([
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), undefined],
    ['PS256', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'PS256'],
    ['Ed25519', generateKeyPairSync('ed25519'), undefined],
  ])('by a signed assertion (%s)', async ([alg, keys, privateKeyAlg]) => {
    const privateKey = new Secret(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    await begin({}, { clientId: 'mine', privateKey, privateKeyAlg });
    await go();
    const { form } = tokenRequests()[0] ?? { form: new URLSearchParams() };
    const assertion = form.get('client_assertion') ?? '';
    const key = await importSPKI(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(), alg);
    await jwtVerify(assertion, key, { audience: authority.issuer, issuer: 'mine', subject: 'mine' });
    expect(decodeJwt(assertion).jti).toBeTruthy();
  });
});
