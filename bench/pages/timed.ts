import type { Page } from 'playwright-core';

/** One thing that a person does on a page, and by what the page shows that it was done. */
export type Interaction = {
  readonly name: string;
  /** The event that begins it; of a click, where the button goes down. */
  readonly event: 'keydown' | 'input' | 'pointerdown' | 'pointerup' | 'wheel';
  /** Brings the page to where it can be done for the n-th time; not timed. */
  readonly prepare: (page: Page, n: number) => Promise<unknown>;
  readonly act: (page: Page, n: number) => Promise<unknown>;
  /** An expression of the page, true once the change stands in the document. */
  readonly shows: (n: number) => string;
};

/** What expressions of `shows` may use. */
export const WORDS = `
  globalThis.rowsOf = name => [...document.querySelectorAll('[role=table][aria-label="' + name + '"] [data-index]')];
  globalThis.one = selector => document.querySelector(selector);
  globalThis.textOf = selector => document.querySelector(selector)?.textContent ?? '';
  globalThis.param = name => new URLSearchParams(location.search).get(name);
`;

const LATEST_MS = 10_000;

/**
 * Looks at each frame, before it is painted: where the change is in the document then, it is on the screen when the
 * next frame begins. A modifier that is held down begins nothing.
 */
const watch = (event: string, shows: string) => `(() => {
  globalThis.timed = new Promise((resolve, reject) => {
    let began;
    const begin = ({ timeStamp, key }) => {
      if (key === 'Control') return;
      began = timeStamp;
      removeEventListener('${event}', begin, true);
    };
    addEventListener('${event}', begin, true);
    const latest = performance.now() + ${LATEST_MS};
    const look = () => {
      if (began !== undefined && (() => ${shows})())
        return requestAnimationFrame(() => resolve(performance.now() - began));
      if (performance.now() > latest) return reject(new Error('not shown: ' + location.href));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  globalThis.timed.catch(() => {});
})()`;

/** From the event to the painted frame that shows the change, in milliseconds, so many times. */
export async function timed(page: Page, one: Interaction, times: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let n = 0; n < times; n++) {
    await one.prepare(page, n);
    await page.evaluate(watch(one.event, one.shows(n)));
    await one.act(page, n);
    found.push(await page.evaluate<number>('globalThis.timed'));
  }
  return found;
}
