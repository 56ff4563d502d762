import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { post } from '../support/mcp.ts';
import { commandLine } from './support/command-line.ts';

const PASSWORD = 'Correct-Horse-7';

type Listed = { readonly kid: string; readonly state: string; readonly algorithm: string };

describe('keys', () => {
  it('rotate before the first start, and list without a private half', async () => {
    const { run, inStore } = commandLine();
    const { out } = await run(['keys', 'rotate', '--json']);
    expect(JSON.parse(out)).toEqual({
      to: expect.any(String),
      data: {
        from: 'd0',
        to: expect.stringMatching(/^d[0-9a-f]{8}$/),
        resealed: expect.any(Number),
        unreadable: 0,
      },
    });
    const listed: Listed[] = JSON.parse((await run(['keys', 'list', '--json'])).out);
    expect(listed.map(({ state }) => state).sort()).toEqual(['current', 'next']);
    expect(JSON.stringify(listed)).not.toMatch(/s1\.|d0\.|"d"/);
    expect((await run(['keys', 'list'])).out).toMatch(/^ID +ALGORITHM +STATE +MADE +RETIRED\n/);
    const [data, audit] = await inStore(store => store.listAudit(2));
    expect(data).toMatchObject({ action: 'keys.rotate', target: JSON.parse(out).data.to });
    expect(audit).toMatchObject({ action: 'keys.rotate', target: JSON.parse(out).to });
    expect(audit?.actor).toMatch(/^cli:/);
    const events = await inStore(store => store.listEvents(10));
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['admin_action', 'key_rotated']));
  });

  it('are not rotated where the operator’s file is the key', async () => {
    const { run, dataDir } = commandLine();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = join(dataDir, '..', 'key.pem');
    writeFileSync(pem, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const env = join(dataDir, '..', 'env');
    writeFileSync(env, `JWT_ALGORITHM=RS256\nJWT_PRIVATE_KEY_PATH=${pem}\n`, { mode: 0o600 });
    const { code, err } = await run(['keys', 'rotate', '--env-file', env]);
    expect([code, err]).toEqual([
      1,
      'The signing key is the file of JWT_PRIVATE_KEY_PATH. Put another key there and start the gateway again. What is stored is encrypted anew by: authmcp-gateway keys rotate --data',
    ]);
  });
});

describe('while the gateway runs', () => {
  let gateway: GatewayHere;
  beforeAll(async () => {
    gateway = await startGatewayHere({
      servers: {},
      env: { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: PASSWORD },
    });
  });
  afterAll(() => gateway.close());

  const login = async () => {
    const answer = await post(gateway.url('/auth/login'), { username: 'boss', password: PASSWORD });
    return (answer.message as { readonly access_token?: string }).access_token ?? '';
  };
  const status = async (token: string) =>
    (await post(gateway.url('/mcp'), { jsonrpc: '2.0', id: 1, method: 'ping' }, { token })).status;

  it('a rotation by the command line is live within a second, and tokens from before stay good', async () => {
    const before = await login();
    const terminal = { isInteractive: false, out: () => {}, err: () => {}, readInput: async () => '' };
    const args = ['--data-dir', gateway.dataDir, '--config', gateway.configFile];
    expect(await runCli(['keys', 'rotate', ...args], terminal)).toBe(0);
    const rotated = performance.now();
    const old = decodeProtectedHeader(before).kid;
    await expect.poll(async () => decodeProtectedHeader(await login()).kid, { interval: 50 }).not.toBe(old);
    expect(performance.now() - rotated).toBeLessThan(1000);
    expect(await Promise.all([before, await login()].map(status))).toEqual([200, 200]);
    const response = await fetch(gateway.url('/.well-known/jwks.json'));
    const { keys } = (await response.json()) as { readonly keys: readonly { readonly kid: string }[] };
    expect(keys.map(({ kid }) => kid)[2]).toBe(old);
  });
});
