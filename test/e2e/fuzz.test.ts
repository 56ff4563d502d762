import { Agent, request } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type JournalEntry, rawMember } from '../fixtures/journal.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient } from '../support/mcp.ts';
import { type Spoilt, spoilt } from './support/spoilt.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 20_000);
const AT_ONCE = 24;
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const MINUTES = 60_000;

let echo: Echo2025;
let modern: Awaited<ReturnType<typeof startConformance2026>>;
let gateway: GatewayHere;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  [echo, modern] = await Promise.all([startEcho2025(), startConformance2026()]);
  const settings = { rateLimit: { enabled: false } };
  gateway = await startGatewayHere({ servers: { echo: echo.url, modern: modern.url }, settings });
  const to = { url: gateway.url('/mcp'), token: gateway.adminToken };
  await Promise.all([legacyClient(to), modernClient(to).request('server/discover')]);
  echo.journal.clear();
  modern.journal.clear();
});
afterAll(async () => {
  agent.destroy();
  await gateway.close();
  await Promise.all([echo.close(), modern.close()]);
});

type Answer = { readonly status: number; readonly text: string };

/** Sends it and reads the answer; a stream that stays open is left. */
function send({ method, path, headers, body, hasToken }: Spoilt): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: gateway.port, path, method, agent };
    const sent = request(options, response => {
      const chunks: Buffer[] = [];
      const finish = () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      };
      const leave = () => {
        finish();
        response.destroy();
      };
      const timer = setTimeout(
        leave,
        response.headers['content-type'] === 'text/event-stream' ? 150 : 10_000,
      );
      response.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('error', () => {});
      response.once('end', finish);
    });
    for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
    sent.setHeader('host', `localhost:${gateway.port}`);
    if (hasToken) sent.setHeader('authorization', `Bearer ${gateway.adminToken}`);
    sent.once('error', reject).end(body);
  });
}

function show({ method, path, headers, body }: Spoilt): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${body.toString('latin1').slice(0, 600)}`;
}

/** What is wrong with this answer, if anything. */
function complaint(asked: Spoilt, { status, text }: Answer): string | undefined {
  if (status < 200 || status >= 500) return `status ${status}`;
  if (!asked.hasToken && (text.includes('"result"') || (status < 400 && asked.method !== 'OPTIONS')))
    return `an answer of ${status} without a token`;
  if (/node:|\.ts:\d|Error:|at \w+ \(/.test(text)) return 'something of the inside is shown';
  // Before anybody is known nothing is said in JSON-RPC.
  if (status === 401 || asked.method !== 'POST' || !text.startsWith('{')) return undefined;
  const answer = JSON.parse(text);
  return answer.jsonrpc === '2.0' || answer.error !== undefined ? undefined : 'no JSON-RPC answer';
}

const MARK = /"x-mark":"([0-9a-f-]{36})"/;

/** The same text, whether a name stands in it as clients know it or as its server does. */
const unprefixed = (text: string | undefined) => text?.replaceAll(/"(?:echo|modern)_(\w+)"/g, '"$1"');

/** What arrived differently from what was sent, or without a token. */
function changed(asked: ReadonlyMap<string, Spoilt>, entries: readonly JournalEntry[]): string[] {
  return entries.flatMap(({ params = '', body }) => {
    const [, mark = ''] = MARK.exec(params) ?? [];
    const sent = asked.get(mark);
    if (mark === '' || sent === undefined) return [];
    if (!sent.hasToken) return [`without a token: ${body}`];
    const text = sent.body.toString('utf8');
    if (text.startsWith('[')) return [];
    // A key that the gateway makes for an idempotent tool stands in front of the arguments.
    const arrived = params.replace(/"idempotency_key":"[0-9a-f-]{36}",?/, '');
    const before = unprefixed(rawMember(text, 'params')) ?? '';
    const after = unprefixed(arrived) ?? '';
    const isSame = isModern(before) === isModern(after) ? before === after : isSameBut(before, after);
    return isSame ? [] : [`sent ${text}\ngot  ${params}`];
  });
}

const isModern = (params: string) => params.includes('io.modelcontextprotocol/protocolVersion');

/** Between the eras `_meta` is another one, and the rest the same. */
function isSameBut(before: string, after: string): boolean {
  const rest = (text: string) => {
    const { _meta, requestState, inputResponses, task, ...others } = JSON.parse(text);
    return others;
  };
  return isDeepStrictEqual(rest(before), rest(after));
}

it(`answers ${REQUESTS} spoilt requests (seed ${SEED}) without a 5xx, without a result for strangers, and changes nothing on the way`, {
  timeout: 5 * MINUTES,
}, async () => {
  const all = fc.sample(spoilt, { numRuns: REQUESTS, seed: SEED });
  const complaints: string[] = [];
  let next = 0;
  let answered = 0;
  const work = async () => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) {
      const answer = await send(one).catch((error: unknown) => String(error));
      const wrong = typeof answer === 'string' ? answer : complaint(one, answer);
      if (wrong) complaints.push(`${wrong}: ${show(one)}`);
      if (typeof answer !== 'string' && answer.text.includes('"result"')) answered++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(complaints.slice(0, 5)).toEqual([]);
  // A fuzz of which nothing is accepted says little.
  expect(answered).toBeGreaterThan(REQUESTS / 50);
  const asked = new Map(all.map(one => [MARK.exec(one.body.toString('utf8'))?.[1] ?? '', one]));
  const entries = [...echo.journal.entries(), ...modern.journal.entries()];
  expect(changed(asked, entries).slice(0, 5)).toEqual([]);
  expect(entries.length).toBeGreaterThan(REQUESTS / 100);
  const client = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  expect((await client.request('ping')).message.result).toEqual({});
});
