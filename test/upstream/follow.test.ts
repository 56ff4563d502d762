import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followSession } from '../../src/upstream/follow.ts';
import type { UpstreamSession } from '../../src/upstream/index.ts';
import { createUpstreamWorld, entry, result, startScripted, type UpstreamWorld } from './support/world.ts';

type Turn = (response: ServerResponse) => void;

let world: UpstreamWorld;
let server: Awaited<ReturnType<typeof startScripted>>;
let heard: string[];
let lost: number;
let stop: () => void;
beforeEach(async () => {
  world = await createUpstreamWorld();
  server = await startScripted({});
  [heard, lost, stop] = [[], 0, () => {}];
});
afterEach(async () => {
  stop();
  await world.close();
  await server.close();
});

/** Follows the GET stream of a session whose connections end in these ways; the last one again and again. */
async function follow(...turns: Turn[]): Promise<UpstreamSession> {
  let at = 0;
  server.play({
    initialize: (response, { id }) => {
      response.setHeader('mcp-session-id', 'one');
      result(response, id, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's' } });
    },
    GET: response => turns[Math.min(at++, turns.length - 1)]?.(response),
  });
  const home = world.add(entry('home', server.url));
  const profile = { era: 'legacy', revision: '2025-11-25', capabilities: 0 } as const;
  const session = await home.session({ principal: 'alice', session: 's1', profile, client: {} });
  stop = followSession(session, data => heard.push(data), { onLost: () => lost++ });
  return session;
}

const say =
  (text: string, end = true): Turn =>
  response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text);
    if (end) response.end();
  };
const gets = () => server.heard.filter(({ verb }) => verb === 'GET');
const asked = () => gets().map(({ headers }) => headers['last-event-id']);
const refuse =
  (status: number): Turn =>
  response =>
    void response.writeHead(status).end();

describe('the GET stream of a session', () => {
  it('goes on from the last event, after the pause that the server asks for', async () => {
    await follow(
      say('retry: 20\nid: 1\ndata: one\n\n'),
      say('id: 2\ndata: two\n\n'),
      say('data: three\n\n', false),
    );
    await expect.poll(() => heard).toEqual(['one', 'two', 'three']);
    expect(asked()).toEqual([undefined, '1', '2']);
    expect(gets().every(({ headers }) => headers['mcp-session-id'] === 'one')).toBe(true);
  });

  it('begins anew where the server does not go on from that event', async () => {
    await follow(say('retry: 5\nid: 1\ndata: one\n\n'), refuse(400), say('data: two\n\n', false));
    await expect.poll(() => heard, { timeout: 6000 }).toEqual(['one', 'two']);
    expect(asked()).toEqual([undefined, '1', undefined]);
  });

  it('is asked for again where the server has not noticed that the former one is closed', async () => {
    await follow(
      say('retry: 5\nid: 1\ndata: one\n\n'),
      refuse(409),
      refuse(503),
      say('data: two\n\n', false),
    );
    await expect.poll(() => heard, { timeout: 6000 }).toEqual(['one', 'two']);
    expect(asked()).toEqual([undefined, '1', '1', '1']);
  });

  it('tells once that the server does not know the session', async () => {
    await follow(say('retry: 5\nid: 1\ndata: one\n\n'), refuse(404));
    await expect.poll(() => lost).toBe(1);
    expect(gets()).toHaveLength(2);
  });

  it.for([405, 401, 500])('is left alone where the server answers %i', async status => {
    await follow(refuse(status));
    await expect.poll(gets).toHaveLength(1);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect([gets().length, lost]).toEqual([1, 0]);
  });

  it('is asked for no more once nobody follows', async () => {
    await follow(say('retry: 30\nid: 1\ndata: one\n\n'));
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    stop();
    const before = gets().length;
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(gets().length).toBeLessThanOrEqual(before + 1);
  });
});
