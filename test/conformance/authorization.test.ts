import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../oauth/support/world.ts';
import { freePort } from '../support/ports.ts';
import { startProcess } from '../support/processes.ts';

const SUITE = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);
let world: World;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authmcp-conformance-'));
  // `on`: this machine reaches nothing outside, and that the flag is offered is one of the checks.
  world = await startWorld({ settings: { system: { cimd: 'on' } } });
  await world.addPerson('alice');
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the official suite, leg of authorization servers', () => {
  it('passes with a person who signs in and agrees, without a warning', async () => {
    const port = await freePort();
    const redirect = `http://127.0.0.1:${port}/callback`;
    const id = await world.clientId({ redirect_uris: [redirect] });
    const args = ['authorization', '--url', world.origin, '--client-id', id, '-p', `${port}`];
    const running = startProcess(
      process.execPath,
      [SUITE, ...args, '--resource', world.url('/mcp'), '-o', folder],
      { env: {} },
    );
    const [, url = ''] = await running.line(/^(https?:\/\/\S+[?&]response_type=code\S*)$/, 60_000);
    await world.browserOf('alice').signIn(url);
    const ended = await running.ended;
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    expect(ended.stdout).not.toMatch(/WARNING|FAILURE|✗/);
    expect(ended.stdout).toMatch(/^✓ authorization-server-metadata-endpoint: 2 passed, 0 failed$/m);
    expect(ended.stdout).toMatch(/^✓ authorization-code-grant: 1 passed, 0 failed$/m);
  }, 120_000);
});
