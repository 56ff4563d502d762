import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret, type ServerName, type UserId } from '../../src/base/index.ts';
import type { ServerEntry } from '../../src/mcp/index.ts';
import type { OwnedName, Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;

const entry = (name: string, more: Partial<ServerEntry> = {}): ServerEntry => ({
  name: name as ServerName,
  title: name,
  source: 'store',
  transport: { kind: 'http', url: 'http://127.0.0.1:3000/mcp' },
  auth: { kind: 'none' },
  headers: {},
  prefix: `${name}_`,
  enabled: true,
  timeoutMs: 30_000,
  protocol: 'auto',
  private: undefined,
  stateless: false,
  deduplicate: false,
  stateful: true,
  grants: [],
  addressClass: undefined,
  description: 'in the hall',
  elicitationHosts: ['a.example'],
  ...more,
});

/** A server with its secrets spelt out, for comparing. */
function revealed(server: ServerEntry | undefined): unknown {
  const show = (_: string, value: unknown) => (value instanceof Secret ? value.reveal() : value);
  const walk = (value: unknown): unknown => {
    const plain = show('', value);
    if (plain === null || typeof plain !== 'object') return plain;
    return Array.isArray(plain) ? plain.map(walk) : Object.entries(plain).map(([k, v]) => [k, walk(v)]);
  };
  return walk(server);
}

describe.each(dialects)('servers on %s', dialect => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
  });
  afterEach(() => place.remove());

  const kinds: [string, Partial<ServerEntry>][] = [
    ['bearer', { auth: { kind: 'bearer', token: new Secret('s3cret-bearer') } }],
    ['basic', { auth: { kind: 'basic', user: 'u', password: new Secret('s3cret-basic') } }],
    ['own headers', { auth: { kind: 'headers', headers: { 'X-Key': new Secret('s3cret-auth') } } }],
    [
      'OAuth',
      {
        auth: {
          kind: 'oauth',
          per: 'gateway',
          grant: 'refresh_token',
          clientId: 'c',
          scopes: ['a'],
          clientSecret: new Secret('s3cret-client'),
          privateKey: new Secret('s3cret-key'),
          refreshToken: new Secret('s3cret-refresh'),
        },
      },
    ],
    ['headers', { headers: { ['__proto__']: new Secret('s3cret-header'), b: new Secret('s3cret-header') } }],
    ['sse', { transport: { kind: 'sse', url: 'https://example.com/sse' }, enabled: false, stateless: true }],
    ['access', { grants: ['alice', '*'], private: 'deny', addressClass: 'public', protocol: 'modern' }],
    [
      'stdio',
      {
        transport: {
          kind: 'stdio',
          command: 'node',
          args: ['a b', '; touch x'],
          env: { TOKEN: new Secret('s3cret-env') },
          cwd: undefined,
        },
      },
    ],
  ];

  it.each(kinds)('keeps a server with %s', async (_, more) => {
    const server = entry('home', more);
    expect(await store.createServer(server, NOW)).toBe(true);
    const [kept] = await store.listServers();
    expect(kept).toMatchObject({ title: 'home', source: 'store' });
    expect(revealed({ ...server, ...kept })).toEqual(revealed(server));
  });

  it('leaves no credential in clear where it rests', async () => {
    for (const [at, [, more]] of kinds.entries()) await store.createServer(entry(`s${at}`, more), NOW);
    const bytes = await place.bytes();
    expect(bytes).not.toContain('s3cret');
    expect(bytes).toContain('d0.');
  });

  it('says which server cannot be read when the master key is another', async () => {
    await store.createServer(entry('home', kinds[0]?.[1]), NOW);
    const other = await place.open(new Secret('another master secret, as long as that'));
    await expect(other.listServers()).rejects.toThrow(/auth\.token of server home .* another master key/);
  });

  it('gives a name once, also to two that ask at once', async () => {
    const other = await place.open();
    const made = await Promise.all([store, other, store].map(one => one.createServer(entry('home'), NOW)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await store.listServers()).toHaveLength(1);
  });

  it('changes and removes only what is there', async () => {
    expect(await store.updateServer(entry('home'))).toBe(false);
    expect(await store.deleteServer('home' as ServerName)).toBe(false);
    await store.createServer(entry('home'), NOW);
    expect(await store.updateServer(entry('home', { title: 'Home', enabled: false }))).toBe(true);
    expect((await store.listServers())[0]).toMatchObject({ title: 'Home', enabled: false });
  });

  it('removes with a server its grants and catalogue, and keeps whose its names are', async () => {
    const user = (await store.createUser({ name: 'a', passwordHash: undefined, role: 'user' }, NOW)) as User;
    const server = 'home' as ServerName;
    await store.createServer(entry('home'), NOW);
    expect(await store.addGrant({ userId: user.id, server })).toBe(true);
    expect(await store.addGrant({ userId: user.id, server })).toBe(false);
    const row = { server, credential: 'gateway', profile: 'p', body: '{}', hash: 'h', readAt: NOW };
    await store.putCatalogue(row);
    await store.putCatalogue({ ...row, body: '{"a":1}' });
    expect(await store.loadCatalogue()).toEqual([{ ...row, body: '{"a":1}' }]);
    const name: OwnedName = { kind: 'tool', exposed: 'home_x', server, original: 'x', createdAt: NOW };
    await store.claimNames([name]);
    expect(await store.deleteServer(server)).toBe(true);
    expect([await store.listGrants(), await store.loadCatalogue()]).toEqual([[], []]);
    expect(await store.loadNames()).toEqual([name]);
    expect(await store.removeGrant({ userId: user.id, server })).toBe(false);
  });

  it('refuses a grant to nobody', async () => {
    const grant = { userId: 'ghost' as UserId, server: 'home' as ServerName };
    await expect(store.addGrant(grant)).rejects.toThrow();
  });

  it('keeps a name with whom it came to first, raced by two processes [T38]', async () => {
    const other = await place.open();
    const claim = (server: string): OwnedName[] =>
      Array.from({ length: 1500 }, (_, at) => ({
        kind: 'tool',
        exposed: at === 0 ? '__proto__' : `search${at}`,
        server: server as ServerName,
        original: `${server}${at}`,
        createdAt: NOW,
      }));
    const [first, second] = await Promise.all([
      store.claimNames(claim('a')),
      other.claimNames(claim('b').reverse()),
    ]);
    const owners = (rows: readonly OwnedName[] = []) => new Map(rows.map(row => [row.exposed, row.server]));
    expect(owners(first)).toEqual(owners(second));
    expect(owners(first).size).toBe(1500);
    expect(owners(await store.loadNames())).toEqual(owners(first));
  });

  it('owns no name that it could not give back unchanged', async () => {
    const name = { kind: 'tool', server: 'a' as ServerName, createdAt: NOW } as const;
    const odd = ['a\0b', '\ud800'].map(exposed => ({ ...name, exposed, original: exposed }));
    const fine = { ...name, exposed: '', original: `'"\\\n💥` };
    expect(await store.claimNames([...odd, fine])).toEqual([fine]);
    expect(await store.claimNames([])).toEqual([]);
  });
});
