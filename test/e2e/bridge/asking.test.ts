import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient } from '../../support/mcp.ts';
import { ALL, askers } from './support/askers.ts';

let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;

beforeAll(async () => {
  [old, modern] = await Promise.all([startEcho2025({ mode: 'sse', acts: true }), startEcho2026()]);
  gateway = await startGatewayHere({
    servers: {
      old: old.url,
      modern: modern.url,
      'old-bound': { url: old.url, elicitationHosts: ['login.example'] },
      'modern-bound': { url: modern.url, elicitationHosts: ['login.example'] },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([old.close(), modern.close()]);
});

const { asOld, asNew } = askers(() => gateway);
const CELLS = [
  ['2025', 'old', asOld],
  ['2025', 'modern', asOld],
  ['2026', 'old', asNew],
  ['2026', 'modern', asNew],
] as const;

// A server of the client's own era of 2026 answers for itself what it asks.
describe.for(CELLS.slice(0, 3))('a client of %s before %s', ([, server, call]) => {
  it.for([
    ['ask_url', { form: {} }],
    ['ask_url', {}],
    ['ask_form', { url: {} }],
  ] as const)('is not asked in a mode that it did not declare: %s of %j', async ([name, elicitation]) => {
    const { asked, text } = await call(server, name, {}, { elicitation });
    expect(asked).toEqual([]);
    expect(text).not.toMatch(/echo\.example|requestedSchema/);
  });
});

const events = async (type: string) => (await gateway.store.listEvents(200)).filter(one => one.type === type);

describe.for(CELLS)('T44: a client of %s before %s', ([, server, call]) => {
  it('is sent to a secure page only under the name of the server that asks', async () => {
    const { asked, last } = await call(server, 'ask_url');
    expect(asked.map(one => one.params?.message)).toEqual([`${server}: Please confirm there`]);
    expect(last.result).toBeDefined();
  });

  it.for(['ask_plain_url', 'ask_script_url'])('is never sent where %s leads', async name => {
    const { asked, text } = await call(server, name);
    expect(asked).toEqual([]);
    expect(text).not.toMatch(/pages\.example|javascript:/);
  });

  it('is sent to the hosts alone that the operator named', async () => {
    const { asked } = await call(`${server}-bound`, 'ask_url');
    expect(asked).toEqual([]);
  });

  it('is asked for a password, and the operator sees that', async () => {
    const { asked } = await call(server, 'ask_secret');
    expect(asked).toHaveLength(1);
  });

  it('T45: is not asked without end', async () => {
    const { asked, text } = await call(server, 'ask_rounds', { n: 50 });
    expect(asked.length).toBeLessThanOrEqual(server === 'modern' && call === asNew ? 50 : 32);
    expect(text).not.toBe('');
  });
});

it('T44: the operator sees who asked for what, without the page itself', { timeout: 30_000 }, async () => {
  // Equal events of ten seconds are one row.
  await expect.poll(async () => (await events('elicitation_secret')).length, { timeout: 15_000 }).toBe(2);
  const urls = await events('elicitation_url');
  expect(urls.some(one => one.detail.includes('pages.example') && one.severity === 'high')).toBe(true);
  expect(JSON.stringify(urls)).not.toContain('/consent');
  expect((await events('elicitation_secret')).map(one => one.server).sort()).toEqual(['modern', 'old']);
});

describe('T45: a person who keeps many calls waiting', () => {
  it('leaves room for others at the same server, and all of it when the session ends', {
    timeout: 30_000,
  }, async () => {
    const [greedy, other] = [
      await gateway.userToken('greedy', ['old']),
      await gateway.userToken('other', ['old']),
    ];
    const to = { url: gateway.url('/mcp/old'), capabilities: ALL };
    const client = await legacyClient({ ...to, token: greedy });
    const asked: string[] = [];
    const calls = Array.from({ length: 60 }, () =>
      client.request(
        'tools/call',
        { name: 'ask_form', arguments: {} },
        {
          onMessage: ({ method }) => void (method && asked.push(method)),
        },
      ),
    );
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBeGreaterThan(40);
    const free = await legacyClient({ ...to, token: other });
    expect(
      (await free.request('tools/call', { name: 'progress', arguments: {} })).message.result,
    ).toBeDefined();
    expect(await client.end()).toBe(200);
    const ended = await Promise.all(calls);
    expect(ended.filter(one => one.message.error?.code === 1005)).toHaveLength(12);
    const again = await legacyClient({ ...to, token: greedy });
    expect(
      (await again.request('tools/call', { name: 'progress', arguments: {} })).message.result,
    ).toBeDefined();
  });
});
