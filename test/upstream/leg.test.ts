import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import type { Status } from '../../src/upstream/index.ts';
import {
  createUpstreamWorld,
  entry,
  result,
  type Script,
  startScripted,
  type UpstreamWorld,
} from './support/world.ts';

const PONG: Script = { ping: (response, { id }) => result(response, id, {}) };
const down = (code: number): Script => ({ ping: response => void response.writeHead(code).end() });

let world: UpstreamWorld;
let server: Awaited<ReturnType<typeof startScripted>>;
beforeEach(async () => {
  world = await createUpstreamWorld();
  server = await startScripted(PONG);
});
afterEach(async () => {
  await world.close();
  await server.close();
});

const home = (more: Parameters<typeof entry>[2] = {}) => world.add(entry('home', server.url, more));
const ping = ({ leg }: ReturnType<typeof home>, ms = 1000) => leg.ask('ping', {}, { headers: {}, ms });

describe('a server that does not answer', () => {
  it('costs no call its patience after three failures, and is tried again after a pause that grows', async () => {
    await server.close();
    const upstream = home();
    for (let n = 0; n < 3; n++) {
      expect(() => upstream.leg.check('call')).not.toThrow();
      await ping(upstream);
    }
    expect(() => upstream.leg.check('call')).toThrow(
      expect.objectContaining({ fault: 'upstream_unreachable' }),
    );
    const pauses: number[] = [];
    for (let n = 0; n < 7; n++) {
      let ms = 0;
      for (; ms < 60_000; ms += 500, world.clock.pass(500)) {
        try {
          upstream.leg.check('call');
          break;
        } catch {}
      }
      pauses.push(ms);
      await ping(upstream);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('lets one call through after the pause, not all that wait', async () => {
    await server.close();
    const upstream = home();
    for (let n = 0; n < 3; n++) await ping(upstream);
    world.clock.pass(1000);
    expect(() => upstream.leg.check('call')).not.toThrow();
    expect(() => upstream.leg.check('call')).toThrow();
  });

  it('says since when, and when to try again', async () => {
    await server.close();
    const upstream = home();
    const since = world.clock.now();
    for (let n = 0; n < 3; n++) await ping(upstream);
    const data = { server: 'home', since, reason: 'unreachable', retryAfterMs: 1000, mayHaveRun: false };
    expect(() => upstream.leg.check('call')).toThrow(expect.objectContaining({ data }));
  });

  it('is back with its first answer', async () => {
    const states: string[] = [];
    world.upstreams.onStatus((_, status: Status) => states.push(status.state));
    const upstream = home();
    server.play({ ping: response => void response.writeHead(401).end() });
    for (let n = 0; n < 4; n++) await ping(upstream);
    expect(upstream.status).toMatchObject({ state: 'down', reason: 'refused' });
    server.play(PONG);
    await ping(upstream);
    expect(() => upstream.leg.check('call')).not.toThrow();
    expect(states).toEqual(['down', 'ready']);
  });

  it('in time counts as down too', async () => {
    server.play({ ping: () => {} });
    const upstream = home();
    expect(await ping(upstream, 50)).toEqual({ kind: 'failed', failure: 'timeout' });
    expect(upstream.status).toMatchObject({ state: 'down', reason: 'timeout' });
  });

  it.each([404, 400, 405])('well is alive all the same: HTTP %i', async code => {
    server.play(down(code));
    const upstream = home();
    for (let n = 0; n < 5; n++) await ping(upstream);
    expect(upstream.status.state).toBe('ready');
  });
});

describe('what goes to a server', () => {
  const received = () => server.heard.at(-1)?.headers ?? {};

  it.each([
    [{ kind: 'bearer', token: new Secret('t0ken') }, 'authorization', 'Bearer t0ken'],
    [{ kind: 'basic', user: 'ü', password: new Secret('p:w') }, 'authorization', 'Basic w7w6cDp3'],
    [{ kind: 'headers', headers: { 'X-Api-Key': new Secret('k3y') } }, 'x-api-key', 'k3y'],
  ] as const)('carries its own credential: %j', async (auth, name, value) => {
    await ping(home({ auth }));
    expect(received()[name]).toBe(value);
  });

  it('carries the configured headers, and no compression is asked for [T13]', async () => {
    await ping(home({ headers: { 'X-Own': new Secret('1') } }));
    expect(received()).toMatchObject({ 'x-own': '1', 'accept-encoding': 'identity' });
  });

  it('has an id that nobody can guess and that never comes twice', async () => {
    const upstream = home();
    const other = world.add(entry('other', server.url));
    const ids = Array.from({ length: 100 }, () => upstream.leg.nextId());
    expect(new Set([...ids, other.leg.nextId()]).size).toBe(101);
    expect(ids[0]).toMatch(/^[0-9a-f]{24}-\d+$/);
  });
});

describe('an address', () => {
  it.each([
    ['was public when the server was added', { addressClass: 'public' as const }],
    [
      'was public, and the entry allows private ones',
      { addressClass: 'public' as const, private: 'allow' as const },
    ],
    ['may not be private by the entry', { private: 'deny' as const }],
  ])('that resolves to this machine is refused where it %s [T49]', async (_, more) => {
    const url = `http://localhost:${server.port}/mcp`;
    const upstream = world.add(entry('rebound', url, more));
    expect(await ping(upstream)).toEqual({ kind: 'failed', failure: 'blocked' });
    expect(upstream.status).toMatchObject({ state: 'down', reason: 'blocked' });
    expect(server.heard).toEqual([]);
    await world.ledger.flush();
    expect(await world.store.listEvents(10)).toMatchObject([
      { type: 'ssrf_blocked', severity: 'high', server: 'rebound' },
    ]);
  });

  it('of cloud metadata is refused whatever the entry says [T49]', async () => {
    const upstream = world.add(entry('meta', 'http://169.254.169.254/latest', { private: 'allow' }));
    expect(await ping(upstream)).toEqual({ kind: 'failed', failure: 'blocked' });
  });
});

describe('the number of calls at once', () => {
  it('has a limit for each server, which answers and handshakes do not count against', async () => {
    server.play({ ping: () => {}, tell: response => void response.writeHead(202).end() });
    const upstream = home();
    const sink = { onStart: () => {}, onData: () => {}, onEnd: () => {}, onFailure: () => {} };
    const aborts = Array.from({ length: 64 }, () =>
      upstream.leg.post('{"method":"ping","id":1}', {}, sink, 'call'),
    );
    expect(() => upstream.leg.check('call')).toThrow(expect.objectContaining({ fault: 'limit_exceeded' }));
    expect(() => upstream.leg.check('control')).not.toThrow();
    expect(await upstream.leg.tell('{"method":"tell"}', {})).toMatchObject({ kind: 'http', status: 202 });
    await expect.poll(() => server.count('ping')).toBe(64);
    for (const abort of aborts) abort();
    await expect
      .poll(() => {
        try {
          upstream.leg.check('call');
          return 'free';
        } catch {
          return 'full';
        }
      })
      .toBe('free');
  });
});

it('a server keeps no count of people whose calls are over, but for a few', () => {
  const { seats } = home();
  const people = Array.from({ length: 1_000 }, (_, at) => `person-${at}`);
  for (const one of people) seats.take(one);
  for (let n = 1; n < 48; n++) seats.take('person-999');
  for (const one of people) seats.leave(one);
  expect(seats.size).toBeLessThanOrEqual(65);
  seats.take('person-999');
  expect(() => seats.take('person-999')).toThrow(expect.objectContaining({ fault: 'limit_exceeded' }));
});
