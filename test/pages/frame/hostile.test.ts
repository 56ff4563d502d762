import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEcho2026 } from '../../fixtures/echo-2026.ts';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const LONG = 'w'.repeat(10_000);
const TURNED = 'safe\u202etxt\u200b.exe';
const MARKED = 'safe·txt·.exe';
const PHONE = 390;

const schema = {
  type: 'object',
  properties: {
    [LONG]: { type: 'string', description: LONG },
    titled: { type: 'string', title: TURNED, description: TURNED },
    chosen: { type: 'string', enum: [LONG, TURNED] },
  },
};
const tool = { name: 'hostile', description: `${TURNED} ${LONG}`, inputSchema: schema };

let world: PagesWorld;
let seen: Seen;
let echo: Awaited<ReturnType<typeof startEcho2026>>;
beforeAll(async () => {
  echo = await startEcho2026({ tools: [JSON.stringify(tool)] });
  world = await startPagesWorld({ servers: { ['s'.repeat(60)]: echo.url } });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await echo?.close();
});

const { change } = handOf(() => seen);
const resize = (width: number) => seen.page.setViewportSize({ width, height: 900 });

describe.each([PHONE, 768, 1440])('%i pixels wide', width => {
  beforeAll(() => resize(width));

  it('the choice of a client has rows that hold their text', async () => {
    await seen.go('/account/connect');
    await seen.control('connect.client').first().waitFor();
    const rows = await seen
      .control('connect.client')
      .evaluateAll(all => all.map(one => [one.clientHeight, one.scrollHeight] as const));
    expect(rows.length).toBeGreaterThan(5);
    for (const [height, text] of rows) {
      expect(height).toBeGreaterThanOrEqual(32);
      expect(text).toBeLessThanOrEqual(height);
    }
    expect(await seen.width()).toBeLessThanOrEqual(width);
  });

  it('what a tool says of itself is no wider than the page, and turns nothing', async () => {
    await seen.go(`/admin/playground?server=${'s'.repeat(60)}&tool=hostile`);
    await seen.control('play.call').waitFor();
    const main = seen.page.locator('main');
    const text = (await main.allInnerTexts()).join();
    expect(text).toContain(MARKED);
    expect(await main.textContent()).not.toMatch(/[\u202e\u200b]/);
    expect(await seen.width()).toBeLessThanOrEqual(width);
    await seen.picture(`hostile-playground-${width}`);
  });

  it('the cards of the portal are no wider than the page', async () => {
    await seen.go('/account');
    await seen.page.getByRole('heading', { name: 's'.repeat(60) }).waitFor();
    expect(await seen.width()).toBeLessThanOrEqual(width);
    const over = await seen.page
      .locator('.cards > li')
      .evaluateAll(all => all.filter(one => one.scrollWidth > one.clientWidth).length);
    expect(over).toBe(0);
  });
});

describe('elsewhere', () => {
  it('a client that may be chosen in Explain is shown with marks', async () => {
    const redirect_uris = ['https://client.example/callback'];
    await change('POST', 'oauth-clients', { client_name: TURNED, redirect_uris });
    await seen.go('/admin/access');
    const options = seen.control('explain.client').locator('option');
    await expect.poll(() => options.count()).toBeGreaterThan(1);
    expect(await options.allTextContents()).not.toContainEqual(expect.stringMatching(/[\u202e\u200b]/));
  });

  it('on paper the page has the whole width, with no rail, header or button', async () => {
    await resize(1440);
    await seen.go('/admin/people');
    await seen.page.emulateMedia({ media: 'print' });
    const wide = await seen.page.locator('main').evaluate(one => one.getBoundingClientRect().width);
    expect(wide).toBeGreaterThan(1_350);
    for (const part of ['.rail', '.top', 'main .button'])
      expect(await seen.page.locator(part).first().isVisible(), part).toBe(false);
    await seen.page.emulateMedia({ media: null });
  });
});
