import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Everything, startEverything } from '../../support/everything.ts';
import { post } from '../../support/mcp.ts';
import { handOf } from '../support/hand.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

let mail: Everything;
let world: PagesWorld;
let seen: Seen;
beforeAll(async () => {
  mail = await startEverything();
  world = await startPagesWorld({ servers: { mail: mail.url } });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await mail?.close();
});

const { api, change, row, click, fill } = handOf(() => seen);
const told = () => seen.page.getByRole('list', { name: 'What happened meanwhile' }).first();
const mark = () => seen.page.locator('.chart .mark');

const callMail = () =>
  post(
    world.gateway.url('/mcp'),
    {
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: { name: 'mail_echo', arguments: { message: 'hi' } },
    },
    { token: world.gateway.adminToken },
  );

/** Moves the pointer over the chart until it is beside a mark that says so. */
async function hover(text: string): Promise<boolean> {
  const box = await seen.page.locator('.chart .u-over').first().boundingBox();
  if (!box) return false;
  for (let x = box.width - 1; x > 0; x -= 3) {
    await seen.page.mouse.move(box.x + x, box.y + box.height / 2);
    if ((await mark().allTextContents()).some(one => one.includes(text))) return true;
  }
  return false;
}

/** How many points of the chart have a colour of the styles. */
const pointsIn = (name: string) =>
  seen.page.evaluate<number>(`(() => {
    const read = { willReadFrequently: true };
    const probe = document.createElement('canvas').getContext('2d', read);
    const inked = document.body.appendChild(document.createElement('i'));
    inked.style.color = 'var(${name})';
    probe.fillStyle = getComputedStyle(inked).color;
    inked.remove();
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    const canvas = document.querySelector('.chart canvas');
    const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let points = 0;
    for (let at = 0; at < all.length; at += 4)
      if (all[at] === r && all[at + 1] === g && all[at + 2] === b && all[at + 3] === 255) points++;
    return points;
  })()`);

describe('the pulse', () => {
  it('marks restarts, changes and outages, in the chart, for the pointer and for readers', async () => {
    await seen.go('/admin?window=15m');
    await told().getByText('the gateway started').waitFor({ state: 'attached' });
    expect(await pointsIn('--bad')).toBe(0);
    expect(await pointsIn('--warn')).toBeGreaterThan(9);
    await change('PATCH', 'settings', { 'dcr.unusedDays': 9 });
    await mail.close();
    await expect
      .poll(async () => {
        await callMail();
        const servers = (await api('mcp-servers')) as { name: string; health: { state: string } }[];
        return servers.find(({ name }) => name === 'mail')?.health.state;
      })
      .toBe('down');
    await seen.page.reload();
    await told().getByText('mail went down, and still is').waitFor({ state: 'attached' });
    await told().getByText('user:admin did settings.change').waitFor({ state: 'attached' });
    await expect.poll(() => pointsIn('--bad')).toBeGreaterThan(9);
    expect(await hover('mail went down, and still is')).toBe(true);
    await seen.picture('pulse-marks');
    expect(await seen.violations()).toEqual([]);
    await seen.page.mouse.move(0, 0);
    await expect.poll(() => mark().count()).toBe(0);
  });
});

describe('how close rows stand', () => {
  const heightOf = async () => (await row('lane', 'web').first().boundingBox())?.height ?? 0;

  it('is switched in the header, and kept in this browser', async () => {
    await seen.go('/admin');
    await row('lane', 'web').first().waitFor();
    const roomy = await heightOf();
    await click('density.switch');
    await expect.poll(heightOf).toBeLessThan(roomy * 0.85);
    await seen.picture('compact');
    expect(await seen.violations()).toEqual([]);
    await seen.page.reload();
    await row('lane', 'web').first().waitFor();
    expect(await heightOf()).toBeLessThan(roomy * 0.85);
    expect(await seen.control('density.switch').getAttribute('aria-pressed')).toBe('true');
    const other = await world.signIn();
    await other.go('/admin');
    expect(await other.control('density.switch').getAttribute('aria-pressed')).toBe('false');
    await other.close();
    await click('palette.open');
    await fill('palette.type', 'comfortable');
    await seen.page.keyboard.press('Enter');
    await expect.poll(heightOf).toBe(roomy);
  });

  it('leaves long lists whole: no row lies on another', async () => {
    await click('density.switch');
    for (let at = 0; at < 3; at++) await callMail();
    for (const path of ['/admin/activity', '/admin/people', '/admin/servers/web?tab=offers']) {
      await seen.go(path);
      const rows = seen.page.locator('.tbody .tr');
      await rows.first().waitFor();
      const boxes = await rows.evaluateAll(all =>
        all.map(one => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom] as const),
      );
      boxes.sort(([a], [b]) => a - b);
      const lying = boxes.filter(([top], at) => at > 0 && top < (boxes[at - 1]?.[1] ?? 0) - 1);
      expect(lying, path).toEqual([]);
      expect(await seen.violations()).toEqual([]);
    }
    const phone = await world.signIn('admin', { width: 375 });
    await phone.go('/admin');
    await phone.control('density.switch').click();
    expect(await phone.width()).toBeLessThanOrEqual(375);
    expect(await phone.violations()).toEqual([]);
    await phone.close();
    await click('density.switch');
  });
});

// To read points back is the test's own doing.
it('complained of nothing', () =>
  expect(seen.complaints.filter(text => !text.startsWith('Canvas2D:'))).toEqual([]));
