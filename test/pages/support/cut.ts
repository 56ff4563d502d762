import type { Page } from 'playwright-core';

/** So many pixels of a text that is cut are enough to know it by. */
const LEAST_PX = 56;

/** Runs in the page: what does not fit where it stands, a line each. */
const LOOK = `(() => {
  const found = new Set();
  const say = (what, one) => found.add(what + ': ' + one.outerHTML.replace(/\\s+/g, ' ').slice(0, 160));
  if (document.documentElement.scrollWidth > innerWidth) found.add('the page is wider than the window');
  const isCut = one => one.scrollWidth > one.clientWidth + 1;
  for (const one of document.querySelectorAll('main *, dialog *, .rail *, .top *')) {
    if (!(one instanceof HTMLElement) || !one.checkVisibility() || one.closest('.unseen, .u-wrap, input')) continue;
    const { overflowX, textOverflow } = getComputedStyle(one);
    if (one.matches('button, .button') && isCut(one) && textOverflow !== 'ellipsis') say('a button is cut', one);
    if (!['hidden', 'clip'].includes(overflowX) || !isCut(one)) continue;
    if (one.matches('.tr.head .td')) say('a head is cut', one);
    else if (textOverflow !== 'ellipsis') say('cut without an ellipsis', one);
    else if (one.clientWidth < ${LEAST_PX}) say('too little is left of', one);
  }
  for (const cell of document.querySelectorAll('.td')) {
    if (!cell.checkVisibility()) continue;
    const { right } = cell.getBoundingClientRect();
    for (const one of cell.querySelectorAll('button, select, input, .button, .chip'))
      if (one.getBoundingClientRect().right > right + 1) say('a control reaches out of its cell', one);
  }
  return [...found];
})()`;

export const cutOn = (page: Page) => page.evaluate<readonly string[]>(LOOK);
