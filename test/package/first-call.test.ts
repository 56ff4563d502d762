import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { connectAs, Provider } from '../oauth/support/sdk-person.ts';
import { PASSWORD, REDIRECT } from '../oauth/support/world.ts';
import { createBrowser } from '../support/browser.ts';
import { startProcess } from '../support/processes.ts';
import { type TempDir, tempDir } from '../support/temp.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let home: TempDir;
let sample: Echo2025;

beforeEach(async () => {
  [home, sample] = await Promise.all([tempDir('authmcp-first-call-'), startEcho2025({ name: 'sample' })]);
});
afterEach(async () => {
  await Promise.all([home.remove(), sample.close()]);
});

it('from the start to the first call of a program that signs in takes under a minute', async () => {
  const begun = performance.now();
  await writeFile(join(home.path, 'authmcp.yaml'), `mcpServers:\n  sample:\n    url: ${sample.url}\n`);
  const env = { ADMIN_USERNAME: '', ADMIN_PASSWORD: '' };
  const gateway = startProcess(process.execPath, [MAIN, 'start', '--port', '0'], { cwd: home.path, env });
  try {
    const [, origin = '', token = ''] = await gateway.line(/(http:\/\/localhost:\d+)\/setup#(\S+)/);
    const setup = createBrowser({ fill: { token, name: 'root', password: PASSWORD } });
    const made = await setup.submit(await setup.open(`${origin}/setup`));
    expect(new URL(made.url).pathname).toBe('/admin/setup');
    const browserOf = (name: string) =>
      createBrowser({ fill: { name, password: PASSWORD }, stopAt: url => url.href.startsWith(REDIRECT) });
    const where = { url: (path: string) => `${origin}${path}`, browserOf };
    const { connection } = await connectAs(where, 'root', { sdk: 'v2', provider: new Provider() });
    const answer = await connection.callTool('sample_echo', { text: 'the first call' });
    expect(JSON.stringify(answer)).toContain('the first call');
    await connection.close();
  } finally {
    await gateway.stop();
  }
  expect(performance.now() - begun).toBeLessThan(60_000);
}, 70_000);
