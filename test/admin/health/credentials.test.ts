import { afterEach, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { tempDir } from '../../support/temp.ts';

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);
let gateway: GatewayHere | undefined;
afterEach(() => gateway?.close());

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (exp: unknown) => `${part({ alg: 'none' })}.${part({ exp })}.c2ln`;
const server = (token: string) => ({ url: 'http://127.0.0.1:9/mcp', auth: { bearer: token } });

type Told = readonly [server: string | undefined, severity: string, stage: string, expiresAt: string];

async function told(): Promise<readonly Told[]> {
  const events = (await gateway?.store.listEvents(100)) ?? [];
  const found = events
    .filter(({ type }) => type === 'credential_expiry')
    .map(({ server: of, severity, detail }): Told => {
      const { stage, expires_at } = JSON.parse(detail);
      return [of, severity, stage, expires_at];
    });
  return found.toSorted(([one = ''], [other = '']) => one.localeCompare(other));
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

describe('a credential for a server that ends', () => {
  it('is told a week and a day before, and when it has ended; once, whoever starts anew', async () => {
    const { path: dir, remove } = await tempDir('authmcp-credentials-');
    const servers = {
      a: server(jwt(now - 60)),
      b: server(jwt(now + DAY / 2)),
      c: server(jwt(now + 6 * DAY)),
      d: server(jwt(now + 8 * DAY)),
    };
    const all = [
      ['a', 'high', 'ended', iso(now - 60)],
      ['b', 'high', 'day', iso(now + DAY / 2)],
      ['c', 'medium', 'week', iso(now + 6 * DAY)],
    ];
    gateway = await startGatewayHere({ servers, dir });
    await expect.poll(told, { timeout: 20_000 }).toEqual(all);
    await gateway.close();
    gateway = await startGatewayHere({ servers: { ...servers, e: server(jwt(now - 5)) }, dir });
    await expect.poll(told, { timeout: 20_000 }).toHaveLength(4);
    expect((await told()).slice(0, 3)).toEqual(all);
    await gateway.close();
    gateway = undefined;
    await remove();
  });

  it('is nothing to tell of where the credential says nothing of it, or nonsense', async () => {
    gateway = await startGatewayHere({
      servers: {
        plain: server('just-a-token'),
        forever: server(`${part({})}.${part({})}.c2ln`),
        text: server(jwt('soon')),
        broken: server('a.b.c'),
        endless: server(jwt(1e300)),
        before: server(jwt(-1e300)),
        known: server(jwt(now - 1)),
      },
    });
    await expect.poll(told, { timeout: 20_000 }).toHaveLength(1);
    expect((await told())[0]?.[0]).toBe('known');
    expect(JSON.stringify(await gateway.store.listEvents(100))).not.toContain('c2ln');
  });
});
