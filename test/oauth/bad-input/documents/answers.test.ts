import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attack } from '../../support/attack.ts';
import { type Documented, json, startDocumented } from '../../support/documented.ts';
import type { Site } from '../../support/documents.ts';
import { REDIRECT } from '../../support/world.ts';

let world: Documented;
let attack: Attack;
let site: Site;

beforeAll(async () => {
  world = await startDocumented();
  ({ attack, site } = world);
});
afterAll(() => world.close());

/** The gateway also looks for the server that it has there. */
const fetched = () => site.asked.filter(path => path !== '/mcp');

const good = (path: string) => world.good(path);
const ask: Documented['ask'] = (...args) => world.ask(...args);
const expectRefused: Documented['expectRefused'] = (...args) => world.expectRefused(...args);

type DocumentRow = readonly [what: string, body: (path: string) => unknown, headers?: Record<string, string>];
const DOCUMENTS: readonly DocumentRow[] = [
  ['a page of HTML', good, { 'content-type': 'text/html' }],
  ['JSON as text', good, { 'content-type': 'text/plain' }],
  ['no type', good, { 'content-type': '' }],
  ['no JSON', () => '{'],
  ['an empty body', () => ''],
  ['a list', path => [good(path)]],
  ['null', () => 'null'],
  ['a number', () => '7'],
  ['6 KB', path => ({ ...good(path), client_name: 'a'.repeat(6000) })],
  ['no client_id', path => ({ ...good(path), client_id: undefined })],
  ['the client_id of another', path => ({ ...good(path), client_id: site.url('/other') })],
  ['its client_id with a slash', path => ({ ...good(path), client_id: `${site.url(path)}/` })],
  ['its client_id in capitals', path => ({ ...good(path), client_id: site.url(path).toUpperCase() })],
  ['its client_id in a list', path => ({ ...good(path), client_id: [site.url(path)] })],
  ['no redirect_uris', path => ({ ...good(path), redirect_uris: undefined })],
  ['an empty list of redirects', path => ({ ...good(path), redirect_uris: [] })],
  ['a redirect that is a text', path => ({ ...good(path), redirect_uris: REDIRECT })],
  ['a redirect that is a script', path => ({ ...good(path), redirect_uris: ['javascript:alert(1)'] })],
  ['a redirect of http', path => ({ ...good(path), redirect_uris: ['http://app.example.com/'] })],
  ['redirects that are numbers', path => ({ ...good(path), redirect_uris: [1, null] })],
  ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'magic', 'tls_client_auth'].map(
    (token_endpoint_auth_method): DocumentRow => [
      `the method ${token_endpoint_auth_method}`,
      path => ({ ...good(path), token_endpoint_auth_method }),
    ],
  ),
  ['a secret', path => ({ ...good(path), client_secret: 'x' })],
  ['the end of a secret', path => ({ ...good(path), client_secret_expires_at: 0 })],
  ['a name that is an object', path => ({ ...good(path), client_name: { a: 1 } })],
  ['a logo that is a script', path => ({ ...good(path), logo_uri: 'javascript:alert(1)' })],
  ['a private key', path => ({ ...good(path), jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } })],
];

describe('a document that is', () => {
  it.for(DOCUMENTS)('%s is refused', async ([what, body, headers = {}]) => {
    const path = `/bad-${what.replace(/\W/g, '-')}`;
    site.put(path, body(path), { ...json, ...headers });
    await expectRefused(what, site.url(path));
    // An error is not kept: what is mended counts at once.
    site.put(path, good(path));
    expect((await ask(what, site.url(path))).location).toContain('/oauth/interaction/');
  });

  const redirect = (status: number) => (response: ServerResponse) =>
    void response
      .writeHead(status, { location: site.url('/fine'), ...json })
      .end(JSON.stringify(good('/fine')));
  const ANSWERS: readonly (readonly [what: string, how: (response: ServerResponse) => void])[] = [
    ...[301, 302, 303, 307, 308].map(status => [`a redirect with ${status}`, redirect(status)] as const),
    ...[201, 203, 204, 206, 400, 401, 404, 410, 500, 503].map(
      status =>
        [
          `an answer of ${status}`,
          (response: ServerResponse) =>
            void response.writeHead(status, json).end(JSON.stringify(good(`/odd-${status}`))),
        ] as const,
    ),
    ['a connection that ends', response => void response.socket?.destroy()],
    [
      'half an answer',
      response => {
        response.writeHead(200, { ...json, 'content-length': '500' }).write('{');
        response.socket?.end();
      },
    ],
    [
      'headers of 20 KB',
      response => void response.writeHead(200, { ...json, 'x-long': 'a'.repeat(20_000) }).end('{}'),
    ],
  ];
  it.for(ANSWERS)('%s is refused', async ([what, how], { task: _ }) => {
    site.put('/fine', good('/fine'));
    const path = `/odd-${/of (\d+)/.exec(what)?.[1] ?? what.replace(/\W/g, '-')}`;
    world.odd.set(path, how);
    const before = fetched().length;
    await expectRefused(what, site.url(path));
    expect(fetched().length).toBe(before);
  });

  it('10 MB long is given up at once', async () => {
    let sent = 0;
    world.odd.set('/huge', response => {
      response.writeHead(200, json);
      const more = () => {
        while (sent < 10_000_000 && !response.destroyed) {
          sent += 64_000;
          if (!response.write('a'.repeat(64_000))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    await expectRefused('huge', site.url('/huge'));
    expect(sent).toBeLessThan(9_000_000);
  });

  it('silent, or slower than anybody waits, is given up after 2.5 seconds', async () => {
    world.odd.set('/silent', () => {});
    world.odd.set('/slow', response => {
      response.writeHead(200, json);
      const timer = setInterval(() => response.write(' '), 100);
      response.once('close', () => clearInterval(timer));
    });
    const begun = performance.now();
    const texts = await Promise.all(
      ['silent', 'slow'].map(name => expectRefused(name, site.url(`/${name}`))),
    );
    expect(performance.now() - begun).toBeLessThan(6000);
    for (const text of texts) {
      expect(text).toContain(`${new URL(site.url('/')).host} could not be reached`);
      expect(text).toContain('ALLOW_CIMD=off');
    }
  });

  it('asked for by a hundred at once is fetched once', async () => {
    let count = 0;
    world.odd.set('/popular', response => {
      count++;
      setTimeout(() => response.writeHead(200, json).end(JSON.stringify(good('/popular'))), 100);
    });
    await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`popular ${i}`, site.url('/popular'))));
    expect(count).toBe(1);
  });

  it('refused is in the ledger', () =>
    attack.expectEvents([...DOCUMENTS, ...ANSWERS].map(([what]) => what).concat('huge', 'silent', 'slow')));
});

describe('a stranger who names many documents', () => {
  it('has thirty tries, and then none that leaves the gateway', async () => {
    const before = fetched().length;
    const answers = [];
    for (let i = 0; i < 40; i++) answers.push(await ask('greedy stranger', site.url(`/none-${i}`)));
    expect(fetched().length - before).toBeLessThanOrEqual(31);
    expect(answers.every(({ status }) => status === 400)).toBe(true);
    await attack.expectEvents(['greedy stranger']);
  });
});
