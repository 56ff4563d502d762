import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyRing, createMint } from '../../../src/auth/index.ts';
import { type ServerName, systemClock, type UserId } from '../../../src/base/index.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { openStore, type Store } from '../../../src/store/index.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, post } from '../../support/mcp.ts';

const SAMPLES = 200;
/** So many end at the same moment. */
const AT_ONCE = 50;
/** Calls of others that run all the time. */
const LOAD = 2;

let echo: Echo2025;
let gateway: GatewayHere;
/** Of another process. */
let elsewhere: Store;
let mint: ReturnType<typeof createMint>;

beforeAll(async () => {
  echo = await startEcho2025();
  gateway = await startGatewayHere({
    servers: { echo: echo.url },
    settings: { rateLimit: { enabled: false } },
  });
  const { master, dataDir } = loadConfig({ env: {}, flags: { dataDir: gateway.dataDir } });
  elsewhere = await openStore({ dataDir, master });
  const keyRing = createKeyRing({ store: elsewhere, master, clock: systemClock });
  mint = createMint({ keyRing, clock: systemClock, origin: () => gateway.origin });
});
afterAll(async () => {
  await elsewhere.close();
  await gateway.close();
  await echo.close();
});

type Person = { readonly id: UserId; readonly key: string; readonly name: string };
type Right = { readonly token: string; readonly end: () => Promise<unknown> };

const HOUR_MS = 3_600_000;
const expiry = () => Date.now() + HOUR_MS;

/** How a right ends, and the credential that it is seen by. */
const ENDS: Readonly<Record<string, (person: Person) => Promise<Right>>> = {
  key: async ({ id, key }) => ({
    token: key,
    end: async () => {
      const own = (await elsewhere.listKeys()).find(one => one.userId === id);
      if (own) await elsewhere.deleteKey(own.id);
    },
  }),
  person: async ({ id, key }) => ({ token: key, end: () => elsewhere.setDisabled(id, true) }),
  grant: async ({ id, key }) => ({
    token: key,
    end: () => elsewhere.removeGrant({ userId: id, server: 'echo' as ServerName }),
  }),
  token: async ({ id, name }) => {
    const { token, jti } = await mint(id, name);
    return { token, end: () => elsewhere.revokeToken(jti, expiry()) };
  },
  login: async ({ id, name }) => {
    const { token } = await mint(id, name);
    return { token, end: () => elsewhere.revokeToken(name, expiry()) };
  },
};

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

/** Milliseconds from the end of a right to the last moment at which it was still of use: by requests, and by a stream. */
async function sample(at: number): Promise<{ readonly kind: string; readonly ms: number }> {
  const name = `who-${at}`;
  const [kind = '', begin] = Object.entries(ENDS)[at % Object.keys(ENDS).length] ?? [];
  const key = await gateway.userToken(name, ['echo']);
  const id = (await gateway.store.userByName(name))?.id;
  if (!begin || id === undefined) throw new Error(name);
  const { token, end } = await begin({ id, key, name });
  const url = gateway.url('/mcp/echo');
  await expect.poll(async () => (await post(url, PING, { token })).status, { interval: 20 }).toBe(200);
  const client = await legacyClient({ url, token });
  const stream = await client.listen(new AbortController().signal);
  const isOpen = stream.text();
  await end();
  const from = performance.now();
  const ended = isOpen.then(() => performance.now() - from);
  let last = 0;
  for (;;) {
    const { status } = await post(url, PING, { token });
    if (status !== 200) break;
    last = performance.now() - from;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return { kind, ms: Math.max(last, await ended) };
}

/** Calls one after another until it is told to stop; the answer is how many there were. */
async function keepCalling(isOver: () => boolean): Promise<number> {
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } };
  let count = 0;
  while (!isOver()) {
    const { status } = await post(gateway.url('/mcp/echo'), call, { token: gateway.adminToken });
    if (status === 200) count++;
  }
  return count;
}

it('T24: 200 rights that another process ends under load are of no use within a second, streams included', async ({
  annotate,
}) => {
  let isOver = false;
  const load = Array.from({ length: LOAD }, () => keepCalling(() => isOver));
  const found: { readonly kind: string; readonly ms: number }[] = [];
  for (let at = 0; at < SAMPLES; at += AT_ONCE)
    found.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => sample(at + n)))));
  isOver = true;
  const calls = (await Promise.all(load)).reduce((sum, one) => sum + one, 0);
  const worst = found.toSorted((a, b) => b.ms - a.ms)[0];
  await annotate(`worst ${Math.round(worst?.ms ?? 0)} ms (${worst?.kind}), ${calls} calls beside`);
  expect(found).toHaveLength(SAMPLES);
  expect(worst?.ms).toBeLessThan(1000);
  expect(calls).toBeGreaterThan(SAMPLES);
}, 60_000);
