import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../src/mcp/index.ts';
import type { SessionOwner, Upstream } from '../../src/upstream/index.ts';
import {
  createUpstreamWorld,
  entry,
  result,
  type Script,
  startScripted,
  type UpstreamWorld,
} from './support/world.ts';

const LEGACY: Profile = { era: 'legacy', revision: '2025-11-25', capabilities: 0 };
const script = (sessionId: () => string | undefined, revision = '2025-11-25'): Script => ({
  initialize: (response, { id }) => {
    const session = sessionId();
    if (session !== undefined) response.setHeader('mcp-session-id', session);
    result(response, id, {
      protocolVersion: revision,
      capabilities: { tools: {} },
      serverInfo: { name: 's' },
    });
  },
  DELETE: response => void response.writeHead(200).end(),
});

const owner = (principal: string, session?: string, profile = LEGACY): SessionOwner => ({
  principal,
  session,
  profile,
  client: { name: 'client', version: '1' },
});

let world: UpstreamWorld;
let server: Awaited<ReturnType<typeof startScripted>>;
let home: Upstream;
beforeEach(async () => {
  world = await createUpstreamWorld();
  server = await startScripted(script(randomUUID));
  home = world.add(entry('home', server.url));
});
afterEach(async () => {
  await world.close();
  await server.close();
});

describe('a session with a server', () => {
  it('is opened by the handshake: version, capabilities, and the client’s own name', async () => {
    const session = await home.session(
      owner('alice', 's1', { ...LEGACY, revision: '2025-06-18', capabilities: 8 }),
    );
    expect(server.heard.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
    expect(server.heard[0]?.params).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: { roots: {} },
      clientInfo: { name: 'client', version: '1' },
    });
    expect(server.heard[1]?.headers).toMatchObject({
      'mcp-session-id': session.id,
      'mcp-protocol-version': '2025-11-25',
    });
  });

  it('is opened once for many that need it at once, and stays', async () => {
    const many = await Promise.all([1, 2, 3].map(() => home.session(owner('alice', 's1'))));
    expect(new Set(many).size).toBe(1);
    expect(await home.session(owner('alice', 's1'))).toBe(many[0]);
    expect(server.count('initialize')).toBe(1);
  });

  it('is never that of another person, nor of another session of the same person [T50]', async () => {
    const [alice, again, bob, plain] = await Promise.all([
      home.session(owner('alice', 's1')),
      home.session(owner('alice', 's2')),
      home.session(owner('bob', 's3')),
      home.session(owner('bob')),
    ]);
    expect(new Set([alice, again, bob, plain]).size).toBe(4);
    expect(await home.session(owner('bob', 's4'))).not.toBe(plain);
  });

  it('without an id is one for a person and a profile, still never for two people [T50]', async () => {
    server.play(script(() => undefined));
    const alice = await home.session(owner('alice', 's1'));
    expect(await home.session(owner('alice', 's2'))).toBe(alice);
    expect(await home.session(owner('bob', 's3'))).not.toBe(alice);
    expect(await home.session(owner('alice', 's1', { ...LEGACY, capabilities: 1 }))).not.toBe(alice);
  });

  it('is shared by all only where the operator says that the server keeps nothing', async () => {
    server.play(script(() => undefined));
    const shared = world.add(entry('home', server.url, { stateless: true }));
    expect(await shared.session(owner('bob', 's3'))).toBe(await shared.session(owner('alice', 's1')));
  });

  it('that the server forgot is opened anew at the next call', async () => {
    const first = await home.session(owner('alice', 's1'));
    home.forget(first);
    const second = await home.session(owner('alice', 's1'));
    expect(second).not.toBe(first);
    expect(first.isEnded).toBe(true);
    // Forgetting the first once more takes nothing from the second.
    home.forget(first);
    expect(await home.session(owner('alice', 's1'))).toBe(second);
  });

  it('ends at the server with the client’s session, with its person, and with the server’s entry', async () => {
    const ended = () =>
      server.heard.filter(({ verb }) => verb === 'DELETE').map(({ headers }) => headers['mcp-session-id']);
    const one = await home.session(owner('alice', 's1'));
    const two = await home.session(owner('bob'));
    const three = await home.session(owner('carol', 's3'));
    home.endClientSession('s1');
    await expect.poll(ended).toEqual([one.id]);
    home.endPrincipal('bob');
    await expect.poll(ended).toEqual([one.id, two.id]);
    expect(three.isEnded).toBe(false);
    world.apply();
    await expect.poll(ended).toEqual([one.id, two.id, three.id]);
  });
});

describe('a handshake that goes wrong', () => {
  const fails = (answer: Script[string]) => {
    server.play({ initialize: answer });
    return expect(Promise.resolve(home.session(owner('alice', 's1')))).rejects;
  };

  it('by a refused credential is that fault', async () => {
    await fails(response => void response.writeHead(401).end()).toMatchObject({ fault: 'upstream_refused' });
  });

  it('by a revision that nobody knows is none', async () => {
    await fails((response, { id }) => result(response, id, { protocolVersion: '1999-01-01' })).toMatchObject({
      fault: 'upstream_invalid',
    });
  });

  it('by silence ends in time', async () => {
    const slow = world.add(entry('slow', server.url, { timeoutMs: 50 }));
    server.play({ initialize: () => {} });
    await expect(Promise.resolve(slow.session(owner('alice')))).rejects.toMatchObject({
      fault: 'upstream_timeout',
    });
  });

  it('is not kept: the next one is tried anew', async () => {
    await fails(response => void response.writeHead(503).end()).toMatchObject({
      fault: 'upstream_unreachable',
    });
    server.play(script(randomUUID));
    expect((await home.session(owner('alice', 's1'))).isEnded).toBe(false);
  });

  it.each(['with space', 'ünicode', 'x'.repeat(2000)])(
    'an id that no header can hold is none: %s',
    async id => {
      server.play(script(() => id));
      const session = await home.session(owner('alice', 's1'));
      expect(session.id).toBeUndefined();
    },
  );
});

describe('the servers', () => {
  it('follow their entries: a change of anything but grants makes another one', () => {
    const one = entry('home', server.url);
    expect(world.apply({ ...one, grants: ['alice'] })).toEqual([]);
    expect(world.upstreams.get(one.name)).toBe(home);
    expect(world.apply({ ...one, timeoutMs: 5 })).toHaveLength(1);
    expect(world.upstreams.get(one.name)).not.toBe(home);
  });

  it('that are switched off are not there', () => {
    expect(world.apply(entry('home', server.url, { enabled: false }))).toEqual([]);
    expect(world.upstreams.all()).toEqual([]);
  });
});
