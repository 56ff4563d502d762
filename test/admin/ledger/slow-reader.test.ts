import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flood } from '../../e2e/support/flood.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { readSse, type SseEvent } from '../../support/sse.ts';

/** More than what waits for a reader and what the sockets on the way hold: some 40 MB. */
const COUNT = 12_000;
const FEED = '/admin/api/activity/live?kind=entry';

let gateway: Gateway;
let auditor: string;
const sockets: Socket[] = [];
beforeAll(async () => {
  gateway = await startGateway({ servers: {}, settings: { rateLimit: { enabled: false } } });
  const made = await gateway.cli('token', 'create', '--user', 'admin', '--name', 'a', '--scope', 'audit');
  auditor = made.stdout.trim();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
});

/** A reader who can stop reading their socket, and read on. */
async function slowReader(more: readonly string[] = []) {
  const socket = connect(gateway.port, '127.0.0.1');
  sockets.push(socket);
  const head = [
    `GET ${FEED} HTTP/1.1`,
    `Host: localhost:${gateway.port}`,
    `Authorization: Bearer ${auditor}`,
  ];
  socket.write(`${[...head, ...more].join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  await new Promise<void>(resolve => {
    socket.on('data', chunk => {
      chunks.push(chunk);
      resolve();
    });
  });
  const body = () => dechunked(Buffer.concat(chunks));
  return { socket, events: () => eventsIn(body()) };
}

/** RFC 9112 section 7.1; a chunk that is not whole yet is left out. */
function dechunked(bytes: Buffer): string {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  const parts: Buffer[] = [];
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const size = end < 0 ? 0 : Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (size === 0 || end + 2 + size > bytes.length) return Buffer.concat(parts).toString('utf8');
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function eventsIn(text: string): readonly SseEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map(block => {
      const field = (name: string) =>
        block
          .split('\n')
          .find(line => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      return { event: field('event'), id: field('id'), data: field('data') ?? '' };
    });
}

const counted = (events: readonly SseEvent[]) => {
  const of = (kind: string) => events.filter(({ event }) => event === kind);
  const missed = of('missed').map(({ data }) => (JSON.parse(data) as { count: number }).count);
  return { entries: of('entry').length, missed: missed.reduce((sum, count) => sum + count, 0) };
};

it('a reader who stops reading costs nobody anything, and hears what was left out when they read on', async () => {
  const slow = await slowReader();
  const heard: SseEvent[] = [];
  const quick = await fetch(gateway.url(FEED), { headers: { authorization: `Bearer ${auditor}` } });
  const reading = (async () => {
    for await (const event of readSse(quick.body)) heard.push(event);
  })().catch(() => {});
  slow.socket.pause();
  expect(await flood({ port: gateway.port, token: gateway.adminToken }, COUNT)).toBe(COUNT);

  await expect.poll(() => counted(heard), { timeout: 20_000 }).toEqual({ entries: COUNT, missed: 0 });
  slow.socket.resume();
  const all = () => {
    const { entries, missed } = counted(slow.events());
    return entries + missed;
  };
  await expect.poll(all, { timeout: 20_000, interval: 500 }).toBe(COUNT);
  const { entries, missed } = counted(slow.events());
  expect(missed).toBeGreaterThan(1_000);
  expect(entries).toBeGreaterThanOrEqual(1_000);
  // What is held for one reader does not grow with what happens: the gateway’s memory has a bound.
  expect(entries).toBeLessThan(COUNT / 2);
  const numbers = slow.events().flatMap(({ id }) => (id === undefined ? [] : [Number(id.split('-')[1])]));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));

  const seen = entries;
  await flood({ port: gateway.port, token: gateway.adminToken }, 3, 'after/all');
  await expect.poll(() => counted(slow.events()).entries, { timeout: 20_000 }).toBe(seen + 3);
  expect(slow.events().at(-1)?.data).toContain('after/all');
  await gateway.process.stop();
  await reading;
}, 180_000);
