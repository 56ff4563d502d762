import { seen } from './seen.ts';

const CUT = '.td, .name, .state > span, .chip, .tr code';
const MOST = 2_000;

/** Text that there is no room for is whole where the pointer rests on it, and as long: it may change afterwards. */
export function showWhole(): void {
  let shown: HTMLElement | undefined;
  document.addEventListener('pointerout', () => {
    shown?.removeAttribute('title');
    shown = undefined;
  });
  document.addEventListener('pointerover', ({ target }) => {
    const cut = target instanceof Element ? target.closest<HTMLElement>(CUT) : null;
    if (!cut || cut.scrollWidth <= cut.clientWidth || cut.title !== '') return;
    cut.title = seen(cut.textContent ?? '').slice(0, MOST);
    shown = cut;
  });
}
