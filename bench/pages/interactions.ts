import type { Page } from 'playwright-core';
import type { Interaction } from './timed.ts';

const control = (page: Page, action: string) => page.locator(`[data-action="${action}"]`).first();
/** As the page lets no text become a program, it is asked from outside. */
async function until(page: Page, is: string): Promise<void> {
  for (let tries = 0; !(await page.evaluate<boolean>(`Boolean(${is})`)); tries++) {
    if (tries > 1_000) throw new Error(`It never came to ${is} at ${page.url()}`);
    await page.waitForTimeout(10);
  }
}

const rows = (page: Page) => page.locator('[role=table][aria-label="activity"] [data-index]');
const nothing = async () => {};

/** Loaded anew, so that nothing is known yet of what is asked next. */
async function open(page: Page, path: string, sign: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
  await page.locator(sign).first().waitFor();
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(nothing);
}

const ACTIVITY = '[role=table][aria-label="activity"] [data-index]';
const activity = (page: Page) => open(page, '/admin/activity?window=7d&live=off', ACTIVITY);

const palette: readonly Interaction[] = [
  {
    name: 'open palette',
    event: 'keydown',
    prepare: async (page, n) => {
      if (n === 0) await open(page, '/admin', '[data-action="hero.calls"]');
      else await page.keyboard.press('Escape');
      await control(page, 'palette.type').waitFor({ state: 'detached' });
    },
    act: page => page.keyboard.press('Control+k'),
    shows: () =>
      `one('[data-action="palette.type"]') && document.querySelectorAll('[role=option]').length > 5`,
  },
  {
    name: 'type in palette',
    event: 'input',
    prepare: page => control(page, 'palette.type').fill('person-'),
    act: (page, n) => page.keyboard.press(String(n % 10)),
    shows: n => `one('[data-action="palette.type"]').value === 'person-${n % 10}' &&
       textOf('[role=option]').startsWith('Personperson-${n % 10}')`,
  },
  {
    name: 'type a tool in palette',
    event: 'input',
    // What the gateway finds for letters that were typed before is kept: each is asked for the first time.
    prepare: (page, n) => control(page, 'palette.type').fill(`_1${n}`),
    act: page => page.keyboard.press('1'),
    shows: n => `textOf('[role=option]').startsWith('Tool') && textOf('[role=option]').includes('_1${n}1')`,
  },
];

/** A value of its own each time: none was asked for before. */
const facetOf = (page: Page, n: number) => {
  const title = ['Server', 'Tool', 'Client'][n % 3];
  const list = page.locator(`fieldset.facet:has(legend:text-is("${title}"))`);
  return list.locator('[data-action="facet.choose"]').nth(Math.floor(n / 3));
};

const facets: readonly Interaction[] = [
  {
    name: 'facet on',
    event: 'pointerdown',
    prepare: async (page, n) => {
      if (n === 0) await activity(page);
      const chip = control(page, 'filter.remove');
      if (await chip.count()) await chip.click();
      await until(page, '!one(`[data-action="filter.remove"]`) && rowsOf("activity").length > 5');
      const name = await facetOf(page, n).locator('bdi').textContent();
      await page.evaluate(`globalThis.wanted = ${JSON.stringify(name)}`);
    },
    act: (page, n) => facetOf(page, n).click(),
    shows: () => `rowsOf('activity').length > 5 && one('[data-action="filter.remove"]') &&
      rowsOf('activity').every(row => [...row.children].some(cell => cell.textContent === wanted))`,
  },
  {
    name: 'facet off',
    event: 'pointerdown',
    prepare: async (page, n) => {
      if (!(await control(page, 'filter.remove').count())) await facetOf(page, n).click();
      await until(page, 'one(`[data-action="filter.remove"]`) && rowsOf("activity").length > 5');
    },
    act: page => control(page, 'filter.remove').click(),
    shows: () => `rowsOf('activity').length > 5 && !one('[data-action="filter.remove"]')`,
  },
];

const brush: Interaction = {
  name: 'brush',
  event: 'pointerup',
  prepare: async (page, n) => {
    await activity(page);
    const box = await page.locator('figure[data-action="chart.brush"] .u-over').boundingBox();
    if (!box) throw new Error('There is no chart.');
    const [y, from] = [box.y + box.height / 2, box.x + box.width * (0.1 + n * 0.02)];
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move(from + box.width * 0.3, y, { steps: 4 });
  },
  act: page => page.mouse.up(),
  shows: () => `rowsOf('activity').length > 5 && /the chosen time/.test(textOf('main'))`,
};

const table: readonly Interaction[] = [
  {
    name: 'scroll table',
    event: 'wheel',
    prepare: async (page, n) => {
      if (n === 0) await activity(page);
      await rows(page).nth(3).hover();
      await page.evaluate('globalThis.before = one(`[role=table][aria-label="activity"] .tbody`).scrollTop');
    },
    act: page => page.mouse.wheel(0, 400),
    shows: () => `(() => {
      const { scrollTop, clientHeight } = one('[role=table][aria-label="activity"] .tbody');
      const middle = Math.floor((scrollTop + clientHeight / 2) / 40);
      return scrollTop > before && one('[role=table][aria-label="activity"] [data-index="' + middle + '"]');
    })()`,
  },
  {
    name: 'open drawer',
    event: 'pointerdown',
    prepare: async (page, n) => {
      if (n === 0) await activity(page);
      else await control(page, 'dialog.close').click();
      await page.locator('dialog').waitFor({ state: 'detached' });
    },
    act: (page, n) =>
      rows(page)
        .nth(n % 6)
        .locator('[role=cell]')
        .first()
        .click(),
    shows: () => `param('open') && textOf('dialog.drawer dd code') === param('open')`,
  },
  {
    name: 'next row',
    event: 'keydown',
    prepare: async (page, n) => {
      if (n === 0) await page.locator(`${ACTIVITY}[aria-selected=true]`).focus();
      await page.evaluate('globalThis.before = param("open")');
    },
    act: page => page.keyboard.press('j'),
    shows: () => `param('open') !== before && textOf('dialog.drawer dd code') === param('open')`,
  },
];

/** From a week to a day, by the keyboard, as what is chosen by a script has no event of a person. */
const windowOf = (name: string, path: string, shows: string): Interaction => ({
  name,
  event: 'keydown',
  prepare: async page => {
    await open(page, `${path}?window=7d&live=off`, '[data-action="window.choose"]');
    await until(page, `(${shows.replaceAll('24 hours', '7 days')})`);
    await control(page, 'window.choose').focus();
  },
  act: page => page.keyboard.press('ArrowUp'),
  shows: () => shows,
});

const servers: readonly Interaction[] = [
  {
    name: 'open server',
    event: 'pointerdown',
    prepare: page => open(page, '/admin/servers', '[data-action="servers.name"]'),
    act: page => page.locator('[data-action="servers.name"]', { hasText: 'many' }).click(),
    shows: () => `textOf('main h1') === 'many' && /Seven days/.test(textOf('main'))`,
  },
  {
    name: 'search offers',
    event: 'input',
    prepare: async (page, n) => {
      if (n === 0) await open(page, '/admin/servers/many?tab=offers', '[data-action="tool.switch"]');
      await control(page, 'offers.search').fill('');
      await until(page, '/5,000 tools/.test(textOf("main"))');
    },
    act: (page, n) => page.keyboard.press(String(n % 10)),
    shows: n => `param('q') === '${n % 10}' && !/5,000 tools/.test(textOf('main')) &&
      rowsOf('offers').every(row => row.textContent.includes('${n % 10}'))`,
  },
];

const LEVELS = ['read', 'write', 'all', 'denied'] as const;
const levelAt = (n: number) => LEVELS[n % LEVELS.length];
const cellOf = (n: number) => `group:group-${n % 5}`;

const matrix = (name: string, more: string): Interaction => ({
  name,
  event: 'pointerdown',
  prepare: (page, n) =>
    open(page, `/admin/access?subject=${cellOf(n)}&server=many`, '[data-action="access.level-read"]'),
  act: (page, n) => control(page, `access.level-${levelAt(n)}`).click(),
  shows: n => `one('button.cell.draft')?.textContent === '${levelAt(n)}' && one('.draft-bar')${more}`,
});

/** The twelve of the design, and what stands behind two of them. */
export const INTERACTIONS: readonly Interaction[] = [
  ...palette,
  ...facets,
  brush,
  ...table,
  windowOf(
    'switch window',
    '/admin/activity',
    `rowsOf('activity').length > 5 && /the last 24 hours/.test(textOf('main'))`,
  ),
  windowOf('switch window of Home', '/admin', `/the last 24 hours/.test(textOf('main'))`),
  ...servers,
  matrix('toggle matrix cell', ''),
  matrix('what it would do is said', ` && /(gain|lose|nobody|nothing)/i.test(textOf('.draft-bar b'))`),
];
