import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ProblemName, problems } from '../../src/cli/doctor/problems.ts';
import { walkOAuth } from '../../src/cli/doctor/walk.ts';
import { DISCOVERY_ROWS } from './support/discovery-rows.ts';
import { diagnose } from './support/doctor-run.ts';
import { type Fake, startFake } from './support/fake-authority.ts';
import { FLOW_ROWS } from './support/flow-rows.ts';
import type { Row } from './support/twists.ts';
import { WARN_ROWS } from './support/warn-rows.ts';

let fake: Fake;
afterEach(() => fake?.close());

type Found = { readonly hop: string; readonly mark: string; readonly problems: readonly Told[] };
type Told = { readonly name: string; readonly mark: string; readonly todo: string; readonly seen?: string };

async function examine(given: Row) {
  fake = await startFake(given);
  const url = given.url?.startsWith('http') ? given.url : `${fake.origin}${given.url ?? '/mcp'}`;
  const filled = (given.args ?? []).map(arg =>
    arg.replace('FAKE', fake.origin).replace('PORT', `${fake.port}`),
  );
  const { code, out, err, browser } = await diagnose([url, ...filled, '--json']);
  const { hops } = JSON.parse(out) as { readonly hops: readonly Found[] };
  const told = hops.find(({ hop }) => hop === given.hop)?.problems.find(({ name }) => name === given.name);
  return { code, err, browser, hops, told };
}

const byTitle = (rows: readonly Row[]) => rows.map(one => [one.title, one] as const);

describe('a broken hop is named, with the rule and what to do', () => {
  it.for(byTitle([...DISCOVERY_ROWS, ...FLOW_ROWS]))('%s', async ([, given]) => {
    const { code, err, hops, told } = await examine(given);
    expect(told, JSON.stringify(hops.filter(({ mark }) => mark !== 'ok'))).toMatchObject({
      mark: 'BROKEN',
      todo: problems[given.name].todo,
      ...(given.seen && { seen: expect.stringMatching(given.seen) }),
    });
    expect(hops.filter(({ mark }) => mark === 'BROKEN').map(({ hop }) => hop)).toEqual([given.hop]);
    expect(err).toContain(`Broken at ${given.hop} (`);
    expect(code).toBe(1);
  });

  it('nothing is registered where discovery is broken, unless it is asked for', async () => {
    fake = await startFake({
      twists: { '/mcp': (good, { headers }) => (headers.authorization ? good : { ...good, headers: {} }) },
    });
    const { code } = await diagnose([fake.url]);
    expect(code).toBe(1);
    expect(fake.journal.filter(line => line.includes('/register'))).toEqual([]);
    const { out, browser } = await diagnose([fake.url, '--keep-going']);
    expect(browser).toBe('done');
    expect(out).toMatch(/^BROKEN +challenge[\s\S]*^ok +call/m);
  });

  it('what was registered is taken back after a break', async () => {
    fake = await startFake({ twists: { '/authorize': () => ({ status: 500, headers: {}, body: '' }) } });
    await diagnose([fake.url]);
    expect(fake.journal.at(-1)).toBe('DELETE /register/client-1 204');
  });
});

describe('what only some clients stumble over is a warning', () => {
  it.for(byTitle(WARN_ROWS))('%s', async ([, given]) => {
    const { code, hops, told, err } = await examine(given);
    expect(told, JSON.stringify(hops.filter(({ mark }) => mark !== 'ok'))).toMatchObject({
      mark: 'warn',
      todo: problems[given.name].todo,
      ...(given.seen && { seen: expect.stringMatching(given.seen) }),
    });
    expect(code, err).toBe(0);
  });
});

describe('what is no HTTP', () => {
  const options = {
    wishes: { clientId: undefined, clientSecret: undefined, metadataUrl: undefined, callbackPort: undefined },
    scope: undefined,
    waitMs: 0,
    signal: new AbortController().signal,
    keepsGoing: false,
    hopMs: 300,
    agent: 'test',
    onLine: () => {},
    onSignIn: () => {},
  };

  const SOCKETS: readonly (readonly [string, ProblemName, (answer: string) => string | undefined])[] = [
    ['silence ends with the time of the hop', 'too_slow', () => undefined],
    ['garbage', 'not_http', () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['an answer that breaks off', 'broken_off', () => 'HTTP/1.1 401 No\r\ncontent-length: 99\r\n\r\nhalf'],
  ];
  it.for(SOCKETS)('%s', async ([, name, answerOf]) => {
    const server = createServer(socket => {
      socket
        .on('error', () => {})
        .on('data', data => {
          const answer = answerOf(String(data));
          if (answer !== undefined) socket.end(answer);
        });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const lines = await walkOAuth({ ...options, url: new URL(`http://127.0.0.1:${port}/mcp`) });
    server.close();
    expect(lines[0]).toMatchObject({ hop: 'challenge', mark: 'BROKEN', problems: [{ name }] });
  });
});

describe('the table of problems', () => {
  it('holds nothing that no test has seen', () => {
    const rows = [...DISCOVERY_ROWS, ...FLOW_ROWS, ...WARN_ROWS].map(({ name }) => name);
    // By the tests above, in doctor.test.ts and in doctor-pieces.test.ts.
    const elsewhere = ['too_slow', 'not_http', 'broken_off', 'no_callback', 'cimd_not_offered'];
    expect(Object.keys(problems).sort()).toEqual([...new Set([...rows, ...elsewhere])].sort());
  });

  it.for(Object.entries(problems))(
    '%s says what, by which rule, and what to do',
    ([, { says, rule, todo }]) => {
      for (const sentence of [says, todo]) expect(sentence).toMatch(/^.{15,}\.$/);
      expect(rule).toMatch(/RFC \d+|MCP|OAuth 2\.1/);
    },
  );
});
