import dns from 'node:dns';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AnswerHeaders,
  BlockedAddress,
  createEgress,
  type Egress,
  type EgressFailure,
} from '../../src/http/index.ts';

const PRIVATE = { isPrivateAllowed: true };
const PUBLIC = { isPrivateAllowed: false };

let server: Server;
let port: number;
let arrived: string[] = [];
let egress: Egress;
const realLookup = dns.lookup;
/** What each name resolves to, one list after the other; the last one stays. */
const names = new Map<string, string[][]>();
let lookups: string[] = [];

/** Answers after the first bytes, and leaves the others where they are. */
function answerEarly(request: IncomingMessage, response: ServerResponse): void {
  request.once('data', () => {
    request.pause();
    response.writeHead(413).end('too large');
  });
}

beforeAll(async () => {
  server = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' }).end();
    else if (request.url === '/break') response.writeHead(200).flushHeaders();
    else if (request.url === '/early') answerEarly(request, response);
    else if (request.url === '/huge-header') response.writeHead(200, { 'x-huge': 'a'.repeat(40_000) }).end();
    else response.end('here');
    if (request.url === '/break') setTimeout(() => response.destroy(), 10);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  // The system's resolver, as a hostile name server would answer.
  const fake = (host: string, options: dns.LookupAllOptions, done: (...found: unknown[]) => void) => {
    const answers = names.get(host);
    if (!answers) return realLookup(host, options, done as never);
    lookups.push(host);
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    done(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  Object.assign(dns, { lookup: fake });
  syncBuiltinESMExports();
});
afterAll(() => {
  Object.assign(dns, { lookup: realLookup });
  syncBuiltinESMExports();
  server.close();
});
beforeEach(() => {
  egress = createEgress();
  arrived = [];
  lookups = [];
});
afterEach(() => egress.close());

type Outcome =
  | { readonly status: number; readonly headers: AnswerHeaders; readonly body: string }
  | EgressFailure['kind'];

function send(url: string, rule = PRIVATE, posted?: string): Promise<Outcome> {
  const { pathname } = new URL(url);
  return new Promise(resolve => {
    let body = '';
    let start: { status: number; headers: AnswerHeaders } | undefined;
    egress.target(new URL(url), rule).send(
      {
        method: posted === undefined ? 'GET' : 'POST',
        path: pathname,
        headers: {},
        ...(posted && { body: posted }),
      },
      {
        onStart: (status, headers) => {
          start = { status, headers };
        },
        onData: chunk => {
          body += chunk.toString();
        },
        onEnd: () => start && resolve({ ...start, body }),
        onFailure: ({ kind }) => resolve(kind),
      },
    );
  });
}

describe('an address in a URL', () => {
  it.each([
    ['http://127.0.0.1/', PUBLIC],
    ['http://[::1]/', PUBLIC],
    ['http://[::ffff:127.0.0.1]/', PUBLIC],
    ['http://2130706433/', PUBLIC],
    ['http://0x7f.0.0.1/', PUBLIC],
    ['http://10.0.0.1/', PUBLIC],
    ['http://169.254.169.254/latest/', PRIVATE],
    ['http://[fe80::1]/', PRIVATE],
    ['http://[fd00:ec2::254]/', PRIVATE],
    ['http://[::ffff:169.254.169.254]/', PRIVATE],
    ['http://0.0.0.0/', PRIVATE],
    ['file:///etc/passwd', PRIVATE],
    ['ftp://example.com/', PRIVATE],
    ['data:text/plain,x', PRIVATE],
  ])('is refused before anything is sent: %s with %j [T49]', (url, rule) => {
    expect(() => egress.target(new URL(url), rule)).toThrow(BlockedAddress);
  });

  it('is reached where the rule allows it', async () => {
    expect(await send(`http://127.0.0.1:${port}/x`)).toMatchObject({ status: 200, body: 'here' });
    expect(arrived).toEqual(['GET /x']);
  });
});

describe('a server that answers before it has read everything', () => {
  it('keeps nobody else waiting behind what it did not read', async () => {
    const large = 'x'.repeat(16 * 1024 * 1024);
    expect(await send(`http://127.0.0.1:${port}/early`, PRIVATE, large)).toMatchObject({ status: 413 });
    for (let i = 0; i < 3; i++)
      expect(await send(`http://127.0.0.1:${port}/${i}`)).toMatchObject({ status: 200 });
  });
});

describe('a name', () => {
  it('that resolves to a forbidden address is refused, and nothing arrives there [T49]', async () => {
    names.set('inside.test', [['127.0.0.1']]);
    names.set('metadata.test', [['169.254.169.254']]);
    expect(await send(`http://inside.test:${port}/`, PUBLIC)).toBe('blocked');
    expect(await send(`http://metadata.test:${port}/`, PRIVATE)).toBe('blocked');
    expect(arrived).toEqual([]);
  });

  it('that was public and resolves to this machine later is refused [T49]', async () => {
    names.set('rebound.test', [['8.8.8.8'], ['127.0.0.1']]);
    expect(await egress.classOf('rebound.test')).toBe('public');
    expect(await send(`http://rebound.test:${port}/`, PUBLIC)).toBe('blocked');
    expect(arrived).toEqual([]);
  });

  it('is asked for once a connection: what was checked is where it goes [T49]', async () => {
    names.set('pinned.test', [['127.0.0.1'], ['169.254.169.254']]);
    expect(await send(`http://pinned.test:${port}/`)).toMatchObject({ body: 'here' });
    expect(lookups).toEqual(['pinned.test']);
  });

  it('with good and forbidden addresses is reached at the good ones alone', async () => {
    names.set('mixed.test', [['169.254.169.254', '127.0.0.1']]);
    expect(await send(`http://mixed.test:${port}/`)).toMatchObject({ body: 'here' });
    names.set('mixed-class.test', [['8.8.8.8', '10.0.0.1']]);
    expect(await egress.classOf('mixed-class.test')).toBe('private');
  });

  it('that was reached under a lenient rule is not reached through that connection under a strict one', async () => {
    names.set('shared.test', [['127.0.0.1']]);
    expect(await send(`http://shared.test:${port}/`, PRIVATE)).toMatchObject({ status: 200 });
    expect(await send(`http://shared.test:${port}/`, PUBLIC)).toBe('blocked');
  });

  it('that nobody knows is unreachable and of no class', async () => {
    expect(await send('http://nobody.invalid/')).toBe('unreachable');
    expect(await egress.classOf('nobody.invalid')).toBeUndefined();
    expect(await egress.classOf('[::1]')).toBe('private');
  });
});

describe('an answer', () => {
  it('that points elsewhere is not followed [T12]', async () => {
    expect(await send(`http://127.0.0.1:${port}/redirect`)).toMatchObject({ status: 302 });
    expect(arrived).toEqual(['GET /redirect']);
  });

  it('that breaks off, that nobody gives, or whose headers have no end, is told apart', async () => {
    expect(await send(`http://127.0.0.1:${port}/break`)).toBe('broken');
    expect(await send(`http://127.0.0.1:${port}/huge-header`)).toBe('invalid');
    expect(await send('http://127.0.0.1:1/')).toBe('unreachable');
  });

  it('of our own abort is told as that', async () => {
    const outcome = await new Promise<string>(resolve => {
      const sink = {
        onStart: () => {},
        onData: () => {},
        onEnd: () => resolve('end'),
        onFailure: ({ kind }: EgressFailure) => resolve(kind),
      };
      const target = egress.target(new URL(`http://127.0.0.1:${port}`), PRIVATE);
      target.send({ method: 'GET', path: '/', headers: {} }, sink)();
    });
    expect(outcome).toBe('aborted');
  });
});
