import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audiencesOf, challengeOf, fixedTokenKey } from '../../src/auth/index.ts';
import { Fault, Secret, type ServerName, type UserId } from '../../src/base/index.ts';
import { rightsIn } from '../../src/live/index.ts';
import { type Caller, lacksScope, mayUse } from '../../src/policy/index.ts';
import type { User } from '../../src/store/index.ts';
import { createWorld, ORIGIN, type World } from './support/world.ts';

const home = 'home' as ServerName;
const all = { audience: audiencesOf(ORIGIN) };
const one = { audience: audiencesOf(ORIGIN, home), server: home };

let world: World;
let alice: User;
beforeEach(async () => {
  world = await createWorld();
  alice = await world.addUser('alice');
});
afterEach(() => world.close());

const enter = async (header: string | undefined, endpoint: typeof all = all): Promise<Caller> =>
  world.authenticator.authenticate(header, endpoint);

async function refused(header: string | undefined, endpoint: typeof all = all): Promise<string> {
  try {
    await enter(header, endpoint);
  } catch (error) {
    if (error instanceof Fault) return challengeOf(error, ORIGIN);
  }
  throw new Error('It was let in, or failed without a name');
}

const metadata = `Bearer resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp", scope="mcp"`;
const bearer = async (user: UserId, family = 'family') => `Bearer ${(await world.mint(user, family)).token}`;

describe('an API key', () => {
  it('says who calls, with what and what they may', async () => {
    const { id, header } = await world.addKey(alice.id);
    await world.grant(alice.id, 'home');
    const caller = await enter(header);
    const [home, other] = ['home', 'other'] as ServerName[] as [ServerName, ServerName];
    expect(caller).toEqual({
      principal: alice.id,
      name: 'alice',
      isAdmin: false,
      client: 'laptop',
      credential: { kind: 'key', id, expiresAt: undefined },
      scopes: ['mcp'],
      person: { user: alice.id, role: 'user', groups: [], client: undefined, key: id },
      rights: rightsIn(world.live.current(), alice.id),
    });
    expect([home, other].map(name => mayUse(caller, name))).toEqual([true, false]);
  });

  it('is judged without a promise from the second time on, as the same caller', async () => {
    const { header } = await world.addKey(alice.id);
    const first = await enter(header);
    expect(world.authenticator.authenticate(header, all)).toBe(first);
  });

  it('counts at once although another process made it after the snapshot', async () => {
    const other = await world.place.open();
    const { header } = await world.addKey(alice.id);
    expect(world.live.current().keys.size).toBe(0);
    const callers = await Promise.all([enter(header), enter(header), enter(header)]);
    expect(callers.map(caller => caller.name)).toEqual(['alice', 'alice', 'alice']);
    expect(await other.listKeys()).toHaveLength(1);
  });

  it('is asked for again after a second, not before', async () => {
    const header = `Bearer amg_0badf00d_${'A'.repeat(32)}`;
    expect(await refused(header)).toContain('error="invalid_token"');
    world.clock.pass(999);
    expect(await refused(header)).toContain('The API key is not valid');
    world.clock.pass(2);
    expect(await refused(header)).toContain('The API key is not valid');
  });

  it('ends with its removal, its owner’s disabling and its time, cached or not', async () => {
    const [removed, kept, timed] = await Promise.all([
      world.addKey(alice.id),
      world.addKey(alice.id),
      world.addKey(alice.id, ['mcp'], world.clock.now() + 1000),
    ]);
    for (const { header } of [removed, kept, timed]) await enter(header);
    await world.store.deleteKey(removed.id);
    await world.live.refresh();
    expect(await refused(removed.header)).toContain('The API key is not valid');
    world.clock.pass(1000);
    expect(await refused(timed.header)).toContain('expired');
    await enter(kept.header);
    await world.store.setDisabled(alice.id, true);
    await world.live.refresh();
    expect(await refused(kept.header)).toContain('error="invalid_token"');
    await world.store.setDisabled(alice.id, false);
    await world.live.refresh();
    expect(await enter(kept.header)).toMatchObject({ name: 'alice' });
  });

  it('follows role and grants without being shown again', async () => {
    const { header } = await world.addKey(alice.id);
    const reached = async () => {
      const { rights } = await enter(header);
      return ['home', 'other'].filter(name => rights.reaches(name as ServerName));
    };
    expect(await reached()).toEqual([]);
    await world.grant(alice.id, 'home');
    expect(await reached()).toEqual(['home']);
    await world.store.setRole(alice.id, 'admin');
    await world.live.refresh();
    expect((await enter(header)).isAdmin).toBe(true);
    expect(await reached()).toEqual(['home', 'other']);
  });

  it('never covers more than its scopes, also when its owner rules', async () => {
    const root = await world.addUser('root', 'admin');
    await world.grant(alice.id, 'home');
    await world.grant(alice.id, 'other');
    const [other, elsewhere] = ['other' as ServerName, 'elsewhere' as ServerName];
    const limited = await world.addKey(alice.id, ['mcp:home']);
    for (const endpoint of [all, one]) {
      const caller = await enter(limited.header, endpoint);
      expect([home, other, elsewhere].map(name => mayUse(caller, name))).toEqual([true, false, false]);
      expect([home, other, elsewhere].map(name => lacksScope(caller, name))).toEqual([false, true, false]);
    }
    const audit = await world.addKey(root.id, ['audit']);
    expect(await refused(audit.header)).toBe(`${metadata}, error="insufficient_scope"`);
    const ruler = await world.addKey(root.id, ['mcp:home']);
    const byRuler = await enter(ruler.header);
    expect([byRuler.isAdmin, mayUse(byRuler, home), mayUse(byRuler, other)]).toEqual([false, true, false]);
  });

  it('may be a text that the operator chose', async () => {
    const service = await world.addUser('static-bearer');
    const { id, secretHash } = fixedTokenKey(new Secret('chosen-by-me'));
    const rest = { name: 'static', scopes: ['mcp'], createdAt: 1, expiresAt: undefined };
    await world.store.createKey({ id, userId: service.id, secretHash, ...rest });
    expect(await enter('Bearer chosen-by-me')).toMatchObject({ name: 'static-bearer' });
    expect(await refused('Bearer chosen-by-mE')).toContain('error="invalid_token"');
  });

  it('with a wrong secret is refused as one that is unknown [T14]', async () => {
    const { header } = await world.addKey(alice.id);
    const wrong = header.slice(0, -1) + (header.endsWith('A') ? 'B' : 'A');
    const unknown = await refused(`Bearer amg_0badf00d_${'A'.repeat(32)}`);
    expect(await refused(wrong)).toBe(unknown);
    await enter(header);
    expect(await refused(wrong)).toBe(unknown);
  });
});

describe('an access token', () => {
  it('says who calls, and covers /mcp and every server', async () => {
    const header = await bearer(alice.id);
    const caller = await enter(header);
    expect(caller).toMatchObject({ principal: alice.id, client: 'authmcp-login', scopes: ['mcp'] });
    expect(caller.credential).toMatchObject({ kind: 'token', audience: `${ORIGIN}/mcp` });
    expect(world.authenticator.authenticate(header, one)).toBe(caller);
  });

  it('ends by time, by its own revocation, by its family’s and with its user', async () => {
    const { token, jti, expiresAt } = await world.mint(alice.id, 'a');
    const [byJti, byFamily, byUser] = [
      `Bearer ${token}`,
      await bearer(alice.id, 'b'),
      await bearer(alice.id, 'c'),
    ];
    for (const header of [byJti, byFamily, byUser]) await enter(header);
    await world.store.revokeToken(jti, expiresAt);
    await world.store.revokeToken('b', expiresAt);
    await world.live.refresh();
    for (const header of [byJti, byFamily]) expect(await refused(header)).toContain('was revoked');
    await enter(byUser);
    world.clock.pass(3_600_000);
    expect(await refused(byUser)).toContain('expired');
    expect(await refused(`${byUser} `)).toContain('The access token has expired');
    const later = await bearer(alice.id, 'd');
    await enter(later);
    await world.store.deleteUser(alice.id);
    await world.live.refresh();
    expect(await refused(later)).toContain('error="invalid_token"');
  });

  const now = 1_800_000_000;
  const claims = {
    iss: ORIGIN,
    aud: `${ORIGIN}/mcp`,
    sub: 'alice',
    client_id: 'c',
    scope: 'mcp',
    jti: 'j',
    iat: now,
    exp: now + 60,
  };
  const spoilt: [string, object, string][] = [
    ['another issuer', { iss: 'http://evil.example' }, 'at+jwt'],
    ['the issuer in another spelling', { iss: 'http://127.0.0.1:8000' }, 'at+jwt'],
    ['another audience', { aud: 'http://evil.example/mcp' }, 'at+jwt'],
    ['two audiences', { aud: [`${ORIGIN}/mcp`, 'http://evil.example'] }, 'at+jwt'],
    ['no audience', { aud: undefined }, 'at+jwt'],
    ['one server’s audience', { aud: `${ORIGIN}/mcp/home` }, 'at+jwt'],
    ['no subject', { sub: undefined }, 'at+jwt'],
    ['an unknown subject', { sub: '__proto__' }, 'at+jwt'],
    ['no id', { jti: undefined }, 'at+jwt'],
    ['no end', { exp: undefined }, 'at+jwt'],
    ['no beginning', { iat: undefined }, 'at+jwt'],
    ['no client', { client_id: undefined }, 'at+jwt'],
    ['the type of an ID token [T15]', {}, 'JWT'],
  ];
  it.each(spoilt)('with %s is refused', async (_, change, typ) => {
    const payload = { ...claims, sub: alice.id, ...change };
    const given = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
    expect(await refused(`Bearer ${await world.keyRing.sign(given, typ)}`)).toContain(
      'error="invalid_token"',
    );
  });

  it('for one server opens that server only, in any spelling of this machine', async () => {
    const aud = 'http://127.0.0.1:8000/mcp/home';
    const header = `Bearer ${await world.keyRing.sign({ ...claims, sub: alice.id, aud }, 'at+jwt')}`;
    expect(await enter(header, one)).toMatchObject({ name: 'alice' });
    expect(await refused(header)).toContain('for another resource');
  });

  it('without scope is refused for its scope', async () => {
    const header = `Bearer ${await world.keyRing.sign({ ...claims, sub: alice.id, scope: 'openid' }, 'at+jwt')}`;
    expect(await refused(header)).toBe(`${metadata}, error="insufficient_scope"`);
  });

  it('that was changed, unsigned or signed with the public key is refused', async () => {
    const [head = '', body = '', signature = ''] = (await bearer(alice.id)).slice(7).split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    const hs = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: 'x' })).toString('base64url');
    const texts = [
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `${none}.${body}.${signature}`,
      `${hs}.${body}.${signature}`,
      `${head}.${body.slice(1)}.${signature}`,
      'a.b.c',
    ];
    for (const text of texts) expect(await refused(`Bearer ${text}`)).toContain('error="invalid_token"');
  });
});

describe('a header', () => {
  it.each([undefined, '', 'Basic YTpi', 'Bearerx abc', 'Token abc'])(
    '%s has no credentials',
    async header => {
      expect(await refused(header)).toBe(metadata);
    },
  );

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer "x"',
    'Bearer amg_x',
    `Bearer ${'a'.repeat(9000)}`,
    'Bearer é',
  ])('%s has bad ones', async header => {
    expect(await refused(header)).toContain('error="invalid_token"');
  });

  it('names the scheme in any case', async () => {
    const { header } = await world.addKey(alice.id);
    expect(await enter(header.replace('Bearer', 'bEARER'))).toMatchObject({ name: 'alice' });
  });
});
