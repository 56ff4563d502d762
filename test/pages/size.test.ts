import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PagesWorld, startPagesWorld } from './support/world.ts';

const UI = fileURLToPath(new URL('../../ui/', import.meta.url));
const BUDGET = 150 * 1024;

let world: PagesWorld;
beforeAll(async () => {
  world = await startPagesWorld();
}, 60_000);
afterAll(() => world?.close());

describe('what the pages weigh', () => {
  it('until the home page answers, the browser fetched at most 150 KB of compressed script', async () => {
    const seen = await world.signIn();
    // What the sign-in still fetches would be counted with it.
    await seen.control('hero.calls').waitFor();
    const cdp = await seen.page.context().newCDPSession(seen.page);
    await cdp.send('Network.enable');
    await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
    const types = new Map<string, string>();
    let bytes = 0;
    cdp.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (types.get(requestId) === 'Script') bytes += encodedDataLength;
    });
    await seen.go('/admin');
    await seen.control('hero.calls').waitFor();
    await seen.page.keyboard.press('Control+k');
    await seen.control('palette.type').waitFor();
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(BUDGET);
    await seen.close();
  });

  it('files come compressed, never change, and are asked for once', async () => {
    const seen = await world.signIn();
    const [script] = await seen.page.evaluate<string[]>(
      '[...document.scripts].map(one => one.src).filter(Boolean)',
    );
    const ask = (headers: Record<string, string>) => fetch(script ?? '', { headers });
    const first = await ask({ 'accept-encoding': 'br' });
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
    const again = await ask({ 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const plain = await ask({ 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(await first.text());
    for (const name of ['manifest.json', '../main.tsx', 'app-XXXXXXXX.js', '%2e%2e%2fpackage.json'])
      expect([400, 404]).toContain((await fetch(new URL(`/assets/${name}`, script))).status);
    await seen.close();
  });

  it('nothing is fetched from elsewhere, and nothing runs that is a string', async () => {
    const seen = await world.signIn();
    const hosts = new Set<string>();
    seen.page.on('request', request => void hosts.add(new URL(request.url()).host));
    const answer = await seen.page.goto(world.gateway.url('/admin'));
    await seen.control('hero.calls').waitFor();
    expect([...hosts]).toEqual([new URL(world.gateway.origin).host]);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${world.gateway.origin}/assets/`);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    const ran = await seen.page.evaluate<string>(
      "(() => { const one = document.createElement('script'); try { one.text = 'globalThis.ran = 1'; document.body.append(one); } catch {} return String(globalThis.ran); })()",
    );
    expect(ran).toBe('undefined');
    await seen.close();
  });
});

describe('the wall between the pages and the gateway', () => {
  it('no page imports anything of the gateway', async () => {
    const files = (await readdir(UI, { recursive: true })).filter(
      name => /\.tsx?$/.test(name) && !name.startsWith('dist'),
    );
    expect(files.length).toBeGreaterThan(30);
    for (const name of files) {
      const text = await readFile(`${UI}${name}`, 'utf8');
      expect([name, /from '[^']*\/src\//.test(text)]).toEqual([name, false]);
      expect([
        name,
        /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|eval\(|new Function/.test(text),
      ]).toEqual([name, false]);
      if (!name.endsWith('contract.ts')) expect([name, text.split('\n').length < 300]).toEqual([name, true]);
    }
  });
});
