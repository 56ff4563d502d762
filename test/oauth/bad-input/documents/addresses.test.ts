import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Attack } from '../../support/attack.ts';
import { type Documented, startDocumented } from '../../support/documented.ts';
import type { Site } from '../../support/documents.ts';

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

const ask: Documented['ask'] = (...args) => world.ask(...args);
const expectRefused: Documented['expectRefused'] = (...args) => world.expectRefused(...args);

describe('an address that is no id', () => {
  const ROWS: readonly (readonly [what: string, id: () => string])[] = [
    ['http', () => site.url('/x').replace('https:', 'http:')],
    ['a userinfo', () => site.url('/x').replace('//', '//user@')],
    ['an empty userinfo', () => site.url('/x').replace('//', '//@')],
    ['a fragment', () => `${site.url('/x')}#a`],
    ['a dot segment', () => site.url('/a/../x')],
    ['an escaped dot segment', () => site.url('/a/%2e%2e/x')],
    ['a single dot', () => site.url('/./x')],
    ['a backslash', () => site.url('/x').replace('//', '/\\')],
    ['a space', () => `${site.url('/x')} `],
    ['a line', () => `${site.url('/x')}\n`],
    ['no slashes', () => site.url('/x').replace('https://', 'https:')],
    ['three slashes', () => site.url('/x').replace('https://', 'https:///')],
    ['ftp', () => 'ftp://localhost/x'],
    ['a script', () => 'javascript:alert(1)'],
    ['a file', () => 'file:///etc/passwd'],
    ['10,000 letters', () => site.url(`/${'a'.repeat(10_000)}`)],
  ];
  it.for(ROWS)('with %s is not fetched', async ([what, id]) => {
    const before = fetched().length;
    const sent = await ask(what, id());
    expect([sent.status, sent.location], sent.text).toEqual([400, undefined]);
    if (what !== '10,000 letters') expect(fetched().length).toBe(before);
  });
  it('is in the ledger', () => attack.expectEvents(ROWS.map(([what]) => what)));
});

describe('an address that leads inside', () => {
  const PRIVATE = [
    ...[
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '017700000001',
      '0.0.0.0',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
    ],
    ...[
      '169.254.169.254',
      '100.100.100.200',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
    ],
    ...[
      '[::ffff:7f00:1]',
      '[fe80::1]',
      '[fd00:ec2::254]',
      '[fc00::1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      'ip6-localhost',
    ],
  ];
  it.for(PRIVATE)('%s is blocked', async host => {
    await expectRefused(`inside ${host}`, `https://${host}:${new URL(site.url('/')).port}/fine`);
  });

  it('again is the gateway itself, in each spelling', async () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])
      await expectRefused(`ourselves ${host}`, `https://${host}:${attack.port}/authorize`);
  });

  it('is an event of its own', async () => {
    const blocked = (await attack.events()).filter(row => row.type === 'ssrf_blocked').map(row => row.detail);
    for (const host of [
      '169.254.169.254',
      '[::1]',
      '10.0.0.1',
      '[fd00:ec2::254]',
      `localhost:${attack.port}`,
    ])
      expect(
        blocked.some(detail => detail.includes(host)),
        host,
      ).toBe(true);
    await attack.expectEvents(PRIVATE.map(host => `inside ${host}`));
  });

  describe('by a name', () => {
    const real = dns.lookup;
    const looked: string[] = [];
    let answers: readonly string[] = [];
    const fake = (host: string, options: object, done: (...args: unknown[]) => void) => {
      if (!host.endsWith('.test')) return (real as (...args: unknown[]) => void)(host, options, done);
      looked.push(host);
      done(
        null,
        answers.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    beforeAll(() => {
      Object.assign(dns, { lookup: fake });
      syncBuiltinESMExports();
    });
    afterAll(() => {
      Object.assign(dns, { lookup: real });
      syncBuiltinESMExports();
    });
    afterEach(() => void looked.splice(0));
    const port = () => new URL(site.url('/')).port;

    it.for(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fe80::1'])(
      'that means %s is blocked',
      async address => {
        answers = [address];
        const host = `a${address.replace(/\W/g, '-')}.test`;
        await expectRefused(`by name ${address}`, `https://${host}:${port()}/fine`);
        expect(looked.filter(name => name === host)).toHaveLength(1);
        expect(fetched()).not.toContain('/fine');
      },
    );

    it('is connected to where it was checked, whatever else the name means (rebinding)', async () => {
      answers = ['169.254.169.254', '127.0.0.1'];
      let connections = 0;
      const count = () => void connections++;
      site.server.on('connection', count);
      // Its certificate is for another name, so it ends there; the connection itself is to the allowed address.
      await expectRefused('rebinding', `https://rebind.test:${port()}/fine`);
      site.server.off('connection', count);
      expect(connections).toBeGreaterThan(0);
      expect(looked).toContain('rebind.test');
    });
  });
});
