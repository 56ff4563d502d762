import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { AuditRow } from '../../src/store/index.ts';
import { type GatewayOptions, writeConfig } from '../support/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

const first: GatewayOptions = {
  servers: {
    stays: 'http://127.0.0.1:9/mcp',
    turns: { url: 'http://127.0.0.1:9/mcp', auth: { bearer: 'secret-before' } },
    goes: 'http://127.0.0.1:9/mcp',
    sleeps: 'http://127.0.0.1:9/mcp',
  },
  settings: { rateLimit: { login: { max: 7 } }, dcr: { initialAccessToken: 'secret-of-dcr' } },
};

let gateway: GatewayHere;
beforeAll(async () => {
  gateway = await startGatewayHere(first);
});
afterAll(() => gateway.close());

async function edit(options: GatewayOptions): Promise<readonly AuditRow[]> {
  const known = new Set((await gateway.store.listAudit(1000)).map(({ id }) => id));
  await writeConfig(gateway.configFile, options);
  const { configFile: config, dataDir } = gateway;
  const flags = { config, dataDir, port: '0', logLevel: 'error' };
  await gateway.built.reload(loadConfig({ flags, env: {}, cwd: gateway.dataDir }));
  const rows = await gateway.store.listAudit(1000);
  return rows.filter(({ id }) => !known.has(id)).reverse();
}

it('what an edit of the file changes is in the log of changes, with before and after and no secret [T25]', async () => {
  const rows = await edit({
    servers: {
      stays: 'http://127.0.0.1:9/mcp',
      turns: { url: 'http://127.0.0.1:9/mcp', auth: { bearer: 'secret-after' } },
      sleeps: { url: 'http://127.0.0.1:9/mcp', enabled: false },
      comes: 'http://127.0.0.1:9/mcp?key=secret-query',
    },
    settings: { rateLimit: { login: { max: 3 } }, dcr: { initialAccessToken: 'secret-other' } },
  });
  expect(rows.map(({ actor, action, target }) => `${actor} ${action} ${target}`).sort()).toEqual([
    'file server.add comes',
    'file server.change sleeps',
    'file server.change turns',
    'file server.remove goes',
    'file settings.change rateLimit.login.max',
  ]);
  const of = (target: string) => rows.find(row => row.target === target);
  expect(JSON.parse(of('sleeps')?.before ?? '')).toMatchObject({ enabled: true });
  expect(JSON.parse(of('sleeps')?.after ?? '')).toMatchObject({ enabled: false });
  expect(of('rateLimit.login.max')).toMatchObject({
    before: '{"rateLimit.login.max":7}',
    after: '{"rateLimit.login.max":3}',
  });
  expect(JSON.stringify(rows)).not.toContain('secret-');
});

it('an edit that changes nothing is no change', async () => {
  await edit(first);
  expect(await edit(first)).toEqual([]);
});
