import { seen } from './seen.ts';

const CUT = '.td, .name, .state > span, .chip, .tr code';
const MOST = 2_000;

/** Text that there is no room for is whole where the pointer rests on it. */
export function showWhole(): void {
  document.addEventListener('pointerover', ({ target }) => {
    const cut = target instanceof Element ? target.closest<HTMLElement>(CUT) : null;
    if (!cut || cut.scrollWidth <= cut.clientWidth || cut.title !== '') return;
    cut.title = seen(cut.textContent ?? '').slice(0, MOST);
  });
}
