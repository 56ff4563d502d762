import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeApiKey } from '../../../src/auth/index.ts';
import { Secret } from '../../../src/base/index.ts';
import { sendJson } from '../../fixtures/serve.ts';
import { type World as Gateway, startWorld } from '../../oauth/support/world.ts';
import { type Authority, startAuthority } from './support/authority.ts';
import { connect, createWorld, entry, leaseOf, type World } from './support/world.ts';

const HOUR = 3_600_000;
const MACHINE = { per: 'gateway', grant: 'client_credentials' } as const;

describe('an account of the gateway’s own at a real authorization server', () => {
  let gateway: Gateway;
  let world: World;
  let client: { client_id: string; client_secret: string };
  beforeAll(async () => {
    gateway = await startWorld();
    await gateway.store.createUser({ name: 'robot', role: 'user', passwordHash: undefined }, Date.now());
    const root = await gateway.store.userByName('root');
    const { id, key, secretHash } = makeApiKey();
    const rest = { name: 'api', scopes: ['admin'], createdAt: Date.now(), expiresAt: undefined };
    if (root) await gateway.store.createKey({ id, userId: root.id, secretHash, ...rest });
    const made = await fetch(gateway.url('/admin/api/oauth-clients'), {
      method: 'POST',
      headers: { authorization: `Bearer ${key.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Other gateway', auth: 'secret', user: 'robot', scopes: ['mcp'] }),
    });
    client = (await made.json()) as typeof client;
    const clientSecret = new Secret(client.client_secret);
    world = await createWorld({
      entries: [
        entry('good', gateway.url('/mcp'), { ...MACHINE, clientId: client.client_id, clientSecret }),
        entry('bad', gateway.url('/mcp'), {
          ...MACHINE,
          clientId: client.client_id,
          clientSecret: new Secret('x'),
        }),
      ],
    });
  });
  afterAll(async () => {
    await world.close();
    await gateway.close();
  });

  it('needs no person, and serves everybody', async () => {
    const ann = await world.person('ann');
    const lease = await leaseOf(world, 'good');
    expect(await gateway.call(lease.replace('Bearer ', ''))).toMatchObject({ status: 200 });
    expect(await leaseOf(world, 'good', ann)).toBe(lease);
    world.clock.pass(2 * HOUR);
    expect(await leaseOf(world, 'good')).not.toBe(lease);
  });

  it('with a wrong secret is said to be refused, and works when the secret is mended', async () => {
    await expect(leaseOf(world, 'bad')).rejects.toThrow(/does not know the gateway by its client id/);
    const clientSecret = new Secret(client.client_secret);
    const mended = entry('bad', gateway.url('/mcp'), {
      ...MACHINE,
      clientId: client.client_id,
      clientSecret,
    });
    await world.setEntries([mended]);
    world.clock.pass(HOUR);
    expect(await leaseOf(world, 'bad')).toMatch(/^Bearer /);
  });
});

describe('an account of the gateway’s own', () => {
  let authority: Authority;
  let world: World;
  const begin = async (auth: Parameters<typeof entry>[2]) => {
    world = await createWorld({ entries: [entry('s', authority.url(), auth)] });
  };
  const requests = () => authority.asked('/token').map(({ form }) => form);
  beforeEach(async () => {
    authority = await startAuthority({ resource: { scopes_supported: ['a', 'b'] } });
  });
  afterEach(async () => {
    await world.close();
    await authority.close();
  });

  it('asks for what the server names, with the resource', async () => {
    await begin({ ...MACHINE, clientId: 'm', clientSecret: new Secret('s') });
    expect(await leaseOf(world, 's')).toMatch(/^Bearer /);
    expect(Object.fromEntries(requests()[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
      resource: authority.url(),
    });
    await expect(Promise.all(Array.from({ length: 9 }, () => leaseOf(world, 's')))).resolves.toBeTruthy();
    expect(requests()).toHaveLength(1);
  });

  it('proves itself by a key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = new Secret(privateKey.export({ type: 'sec1', format: 'pem' }).toString());
    await begin({ ...MACHINE, clientId: 'm', privateKey: pem });
    expect(await leaseOf(world, 's')).toMatch(/^Bearer /);
    expect(requests()[0]?.get('client_assertion_type')).toMatch(/jwt-bearer$/);
  });

  it('with a key that does not go with its algorithm says so', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    await begin({ ...MACHINE, clientId: 'm', privateKey: pem, privateKeyAlg: 'RS256' });
    await expect(leaseOf(world, 's')).rejects.toThrow(/private key/);
  });

  it('is asked for more when the server wants more', async () => {
    await begin({ ...MACHINE, clientId: 'm', clientSecret: new Secret('s') });
    const authorization = await leaseOf(world, 's');
    const refusal = { status: 403, challenge: 'Bearer error="insufficient_scope", scope="c"', authorization };
    const lease = await world.connections.refused(world.entry('s'), undefined, refusal);
    expect(lease).toMatchObject({ kind: 'ready' });
    expect(requests()[1]?.get('scope')?.split(' ').sort()).toEqual(['a', 'b', 'c']);
  });

  it('by a refresh token: the first is the operator’s, each successor is kept', async () => {
    authority.state.refresh.add('first');
    await begin({ per: 'gateway', grant: 'refresh_token', refreshToken: new Secret('first') });
    const one = await leaseOf(world, 's');
    expect(one).toMatch(/^Bearer /);
    world.clock.pass(2 * HOUR);
    const two = await leaseOf(world, 's');
    expect(two).not.toBe(one);
    expect(requests().map(form => form.get('refresh_token'))).toEqual([
      'first',
      expect.not.stringMatching(/^first$/),
    ]);
    // S3: what version 1 sent, besides the resource.
    expect([...(requests()[0]?.keys() ?? [])].sort()).toEqual(['grant_type', 'refresh_token', 'resource']);
  });

  it('S3 at an absolute endpoint asks there and nowhere else', async () => {
    const tokenEndpoint = `${authority.origin}/somewhere/token?tenant=1`;
    authority.become({
      answers: {
        '/somewhere/token': response => sendJson(response, 200, { access_token: 'x', token_type: 'bearer' }),
      },
    });
    await begin({ per: 'gateway', grant: 'refresh_token', refreshToken: new Secret('first'), tokenEndpoint });
    expect(await leaseOf(world, 's')).toBe('Bearer x');
    expect(authority.heard.map(({ path }) => path)).toEqual(['/somewhere/token']);
    expect(authority.heard[0]?.query.get('tenant')).toBe('1');
  });

  it('by a refresh token that is spent ends, and begins anew with another one', async () => {
    await begin({ per: 'gateway', grant: 'refresh_token', refreshToken: new Secret('spent') });
    expect(await leaseOf(world, 's')).toBe('ended');
    expect(await leaseOf(world, 's')).toBe('ended');
    expect(requests()).toHaveLength(1);
    authority.state.refresh.add('another');
    const auth = { per: 'gateway', grant: 'refresh_token', refreshToken: new Secret('another') } as const;
    await world.setEntries([entry('s', authority.url(), auth)]);
    expect(await leaseOf(world, 's')).toMatch(/^Bearer /);
  });

  it('S3 a server that moves does not get the operator’s refresh token sent to its new issuer', async () => {
    authority.state.refresh.add('first');
    await begin({ per: 'gateway', grant: 'refresh_token', refreshToken: new Secret('first') });
    const authorization = await leaseOf(world, 's');
    const thief = await startAuthority();
    authority.become({ resource: { authorization_servers: [thief.issuer] } });
    await world.connections
      .refused(world.entry('s'), undefined, { status: 401, challenge: 'Bearer', authorization })
      .catch(() => {});
    world.clock.pass(2 * HOUR);
    await leaseOf(world, 's');
    expect(thief.asked('/token')).toEqual([]);
    await thief.close();
  });

  it('is shown to the first issuer that it was sent to and to no other, whatever that one answered', async () => {
    authority.become({
      answers: { '/token': response => sendJson(response, 400, { error: 'invalid_client' }) },
    });
    await begin({ ...MACHINE, clientId: 'm', clientSecret: new Secret('s') });
    await expect(leaseOf(world, 's')).rejects.toThrow(/does not know the gateway/);
    const thief = await startAuthority();
    authority.become({ resource: { authorization_servers: [thief.issuer] } });
    world.clock.pass(2 * HOUR);
    await expect(leaseOf(world, 's')).rejects.toThrow(/another authorization server than the one/);
    expect(thief.asked('/token')).toEqual([]);
    await thief.close();
  });

  it('goes where an operator says by then, when the endpoint is theirs to say', async () => {
    const next = await startAuthority();
    const auth = { ...MACHINE, clientId: 'm', clientSecret: new Secret('s') };
    await begin({ ...auth, tokenEndpoint: `${authority.origin}/token` });
    expect(await leaseOf(world, 's')).toMatch(/^Bearer /);
    await world.setEntries([entry('s', authority.url(), { ...auth, tokenEndpoint: `${next.origin}/token` })]);
    expect(await leaseOf(world, 's')).toMatch(/^Bearer /);
    expect(next.asked('/token')).toHaveLength(1);
    await next.close();
  });

  it('by a code is connected by an administrator, and serves everybody', async () => {
    await begin({ per: 'gateway' });
    const ann = await world.person('ann');
    const eve = await world.person('eve', 'user');
    const root = await world.person('boss', 'admin');
    expect(await leaseOf(world, 's', ann)).toBe('never');
    await expect(world.connections.plan(world.entry('s'), eve.person)).rejects.toThrow(/administrator/);
    await expect(world.connections.begin(world.entry('s'), eve)).rejects.toThrow(/administrator/);
    await connect(world, 's', root, authority.visit);
    const lease = await leaseOf(world, 's', ann);
    expect(lease).toMatch(/^Bearer /);
    expect(await leaseOf(world, 's')).toBe(lease);
    expect(await world.connections.list(undefined)).toHaveLength(1);
    expect(await world.connections.list(root.person)).toEqual([]);
  });

  it('is not connected by one who is no administrator any more when the answer comes', async () => {
    await begin({ per: 'gateway' });
    const root = await world.person('boss', 'admin');
    const back = await authority.visit(await world.connections.begin(world.entry('s'), root));
    await world.person('another boss', 'admin');
    await world.store.setRole(root.person, 'user');
    await world.live.refresh();
    expect(await world.connections.finish(back, root)).toMatchObject({ kind: 'refused', why: 'withdrawn' });
    expect(await leaseOf(world, 's')).toBe('never');
  });

  it('takes no account of a person', async () => {
    await begin({ ...MACHINE, clientId: 'm', clientSecret: new Secret('s') });
    const root = await world.person('boss', 'admin');
    await expect(world.connections.plan(world.entry('s'), root.person)).rejects.toThrow(
      /no account of yours/,
    );
  });
});
