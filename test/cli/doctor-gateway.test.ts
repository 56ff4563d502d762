import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { createBrowser } from '../support/browser.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { startProcess } from '../support/processes.ts';
import { diagnose } from './support/doctor-run.ts';

const PASSWORD = 'Correct-horse-7-battery';
let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  echo = await startEcho2025();
  gateway = await startGatewayHere({
    servers: { echo: echo.url },
    env: { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: PASSWORD },
  });
});
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

const signIn = (url: string) =>
  createBrowser({ fill: { username: 'admin', name: 'admin', password: PASSWORD } }).signIn(url);

describe('doctor oauth at the gateway itself', () => {
  it.for(['/mcp', '/mcp/echo'])('finds no hop broken and nothing to warn of on the way to %s', async path => {
    const { code, out, err, browser } = await diagnose([gateway.url(path), '--json'], signIn);
    expect(browser, out + err).toBe('done');
    const { hops } = JSON.parse(out);
    expect(hops.flatMap(({ problems }: { problems: readonly unknown[] }) => problems)).toEqual([]);
    expect(hops.map(({ mark }: { mark: string }) => mark)).toEqual(Array(10).fill('ok'));
    expect(hops.at(-1).facts.join()).toMatch(/tokens revoked,client \S+ deleted/);
    expect(code).toBe(0);
  });

  it('and none in another spelling of this machine', async () => {
    const { code, out } = await diagnose([`http://127.0.0.1:${gateway.port}/mcp`], signIn);
    expect(out).toContain('No hop is broken');
    expect(code).toBe(0);
  });

  it('takes back what it made when it is interrupted while it waits', async () => {
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const doctor = startProcess(process.execPath, [main, 'doctor', 'oauth', gateway.url('/mcp')]);
    await doctor.line(/\/authorize\?/);
    doctor.signal('SIGINT');
    const { code, stdout } = await doctor.ended;
    expect(stdout).toMatch(/seen +interrupted/);
    expect(stdout).toMatch(/clean-up +client \S+ deleted/);
    expect(code).toBe(1);
  });

  it('names the hop where the address is another one', async () => {
    const { code, out } = await diagnose([gateway.url('/other'), '--no-wait']);
    expect(out).toMatch(/^BROKEN +challenge/m);
    expect(code).toBe(1);
  });
});
