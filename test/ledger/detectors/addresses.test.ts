import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, type Egress, fetchDocument } from '../../../src/http/index.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { createRandom, expectMeasured } from './support/measure.ts';

const random = createRandom(2);
const whole = (from: number, to: number) => Math.floor(from + random() * (to - from + 1));

/** Hosts that lead inside or to the metadata of a cloud, in the spellings of lists of attacks. */
const INSIDE: readonly string[] = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '0.0.0.0', '0', '2130706433', '017700000001'],
  ...[
    '0x7f000001',
    '0x7f.0x0.0x0.0x1',
    '0177.0.0.1',
    '0x7f.1',
    '127.0.0.1.',
    '１２７.０.０.１',
    '127。0。0。1',
  ],
  ...['①②⑦.⓪.⓪.①', '10.0.0.1', '10.255.255.255', '0x0a000001', '167772161', '012.0.0.1', '172.16.0.1'],
  ...[
    '172.31.255.255',
    '2886729729',
    '192.168.0.1',
    '192.168.1.254',
    '0xc0a80001',
    '3232235521',
    '192.168.257',
  ],
  ...['169.254.169.254', '169.254.0.1', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518'],
  ...[
    '100.64.0.1',
    '100.127.255.254',
    '100.100.100.200',
    '192.0.0.192',
    '192.0.0.1',
    '198.18.0.1',
    '192.0.2.1',
  ],
  ...['224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:a9fe:a9fe]', '[::ffff:10.0.0.1]', '[::127.0.0.1]'],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b::169.254.169.254]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::]',
    '[fe80::1]',
  ],
  ...['[fc00::1]', '[fd12:3456:789a::1]', '[fd00:ec2::254]', '[ff02::1]', '[2001:db8::1]', '[2001::1]'],
  ...['[::7f00:1]', '[::a9fe:a9fe]', '[fec0::1]', '[64:ff9b:1::7f00:1]', '[100::1]'],
  ...['localhost', 'LOCALHOST'],
];

const FOLDERS = realpathSync(new URL('../../../node_modules', import.meta.url));

/** Addresses that packages give of themselves. */
function publicUrls(): readonly string[] {
  const urls = new Set<string>();
  for (const file of readdirSync(FOLDERS, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('/package.json')) continue;
    const text = readFileSync(`${FOLDERS}/${file}`, 'utf8');
    for (const [url] of text.matchAll(/https?:\/\/[^\s"'<>()\\]+/g)) if (URL.canParse(url)) urls.add(url);
    if (urls.size > 1500) break;
  }
  return [...urls].filter(url => !/localhost|127\.0\.0\.1/.test(url));
}

const literals = Array.from({ length: 200 }, (_, i) => {
  const tail = `${whole(0, 255)}.${whole(0, 255)}.${whole(1, 254)}`;
  const six = `[2${['400', '606', '620', 'a00'][i % 4]}:${whole(1, 9999)}::${whole(1, 9999)}]`;
  return `https://${i % 2 ? six : `${[1, 8, 13, 34, 52, 93, 104, 151, 185, 216][i % 10]}.${tail}`}:8443/mcp`;
});

describe('ssrf_blocked', () => {
  let egress: Egress;
  beforeAll(() => {
    egress = createEgress();
  });
  afterAll(() => egress.close());

  /** Hits are asked for as any document is; of clean ones nothing is fetched, the guard alone is asked. */
  const isBlocked = async (url: string): Promise<boolean> => {
    const asked = { url: new URL(url), headers: {}, isPrivateAllowed: false, maxBytes: 1024, ms: 2000 };
    if (url.includes('/inside')) {
      const fetched = await fetchDocument(egress, asked);
      return !fetched.ok && fetched.why === 'blocked';
    }
    try {
      egress.target(asked.url, asked);
      return false;
    } catch {
      return true;
    }
  };

  it('whatever leads inside is found in every spelling, and public addresses are not', async () => {
    const hits = INSIDE.map((host, i) => `http${i % 2 ? 's' : ''}://${host}:9/inside`);
    await expectMeasured({ hits, clean: [...publicUrls(), ...literals] }, isBlocked);
    for (const url of hits) expect([url, await isBlocked(url)]).toEqual([url, true]);
  });
});

const OWN = ['https://app.example.com', 'https://admin.example.com:8443', 'vscode-webview://abc123'];

/** Looks like one that is allowed, and is not (PortSwigger, "CORS misconfigurations"; DNS rebinding). */
const FOREIGN: readonly string[] = [
  ...['null', 'https://evil.example', 'http://app.example.com', 'https://app.example.com:444', 'file://'],
  ...['https://app.example.com.evil.example', 'https://evil-app.example.com', 'https://xapp.example.com'],
  ...['https://app.example.comx', 'https://app-example.com', 'https://appexample.com', 'https://example.com'],
  ...['https://sub.app.example.com', 'https://app.example.com@evil.example', 'https://app.example.com/'],
  ...[
    'https://app.example.com/x',
    'https://app.example.com?x',
    'https://app.example.com#x',
    'app.example.com',
  ],
  ...['//app.example.com', ' https:app.example.com', 'https:/app.example.com', 'https://app.example.com.'],
  ...['https://app.example.com,https://evil.example', 'https://app.example.com https://evil.example'],
  ...['https://admin.example.com', 'https://admin.example.com:8444', 'http://admin.example.com:8443'],
  ...['vscode-webview://abc1234', 'vscode-webview://', 'vscode-file://abc123', 'chrome-extension://abcdef'],
  ...['moz-extension://abcdef', 'ws://app.example.com', 'ftp://app.example.com', 'data://app.example.com'],
  ...['http://localhost.evil.example', 'http://localhost@evil.example', 'http://localhost.:80'],
  ...['http://127.0.0.1.evil.example', 'http://127.0.0.1@evil.example', 'http://127.0.0.2', 'http://127.1'],
  ...['http://2130706433', 'http://0x7f000001', 'http://0177.0.0.1', 'http://0.0.0.0', 'http://0.0.0.0:8000'],
  ...['http://[::]', 'http://[::ffff:127.0.0.1]', 'http://[::2]', 'http://10.0.0.1', 'http://192.168.1.1'],
  ...[
    'http://169.254.169.254',
    'http://rebind.evil.example:8000',
    'http://127.0.0.1.nip.io',
    'http://lvh.me',
  ],
  ...['http://localhost/', 'http://localhost:80/', 'http://localhost#', 'ws://localhost', 'file://localhost'],
  ...['http://localtest.me:3000', 'https://*.example.com', '*', 'undefined', 'true'],
];

describe('origin_rejected', () => {
  let gateway: GatewayHere;
  beforeAll(async () => {
    gateway = await startGatewayHere({ servers: {}, settings: { corsOrigins: OWN } });
  });
  afterAll(() => gateway.close());

  const isRejected = async (origin: string): Promise<boolean> => {
    const answer = await fetch(gateway.url('/mcp'), { method: 'POST', body: '{}', headers: { origin } });
    await answer.body?.cancel();
    return answer.status === 403;
  };

  it('pages of elsewhere are found, and those of this machine and of the list are not', async () => {
    const here = Array.from({ length: 170 }, () => whole(1024, 65_535)).flatMap(port =>
      ['localhost', '127.0.0.1', '[::1]'].map(host => `http${port % 5 ? '' : 's'}://${host}:${port}`),
    );
    const clean = [...here, ...OWN, ...OWN.map(one => one.toUpperCase()), 'http://localhost', gateway.origin];
    await expectMeasured({ hits: FOREIGN, clean }, isRejected);
    for (const origin of FOREIGN) expect([origin, await isRejected(origin)]).toEqual([origin, true]);
  });
});
