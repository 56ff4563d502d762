import { type RefObject, useEffect, useRef } from 'react';
import { isBehindDialog, isFree } from './free.ts';

const BY: Readonly<Record<string, number>> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
/** They scroll by the arrows, or move in themselves. */
const OWN_ARROWS = 'dialog, pre, [role=grid], [role=listbox], section[tabindex]';

export type RowKeys = {
  readonly place: RefObject<HTMLElement | null>;
  readonly count: number;
  /** The row that is open beside the list, or -1. */
  readonly openAt: number;
  /** Of a long list, the first row in sight. */
  readonly firstInSight: () => number;
  /** Brings a row into the document; it is there after the next drawing. */
  readonly bring: (index: number) => void;
  readonly open: ((index: number) => void) | undefined;
  readonly onKey: ((key: string, index: number) => void) | undefined;
};

const rowOf = (place: HTMLElement, index: number) =>
  place.querySelector<HTMLElement>(`:scope [role=row][data-index="${index}"]`);

/** The list that has the focus, or else the first one of the page that does not stand in a drawer. */
function isMine(place: HTMLElement, target: Element): boolean {
  const own = target.closest('.table');
  if (own) return own.contains(place);
  return document.querySelector('main .table:not(dialog .table)')?.contains(place) ?? false;
}

function isForList(event: KeyboardEvent, place: HTMLElement, isOpening: boolean): boolean {
  const { target, key } = event;
  if (!(target instanceof Element) || !isFree(event) || isBehindDialog(place)) return false;
  if (!isMine(place, target)) return false;
  if (!key.startsWith('Arrow') || target.closest('[role=row]')) return true;
  return isOpening && target.closest(OWN_ARROWS) === null;
}

/** j, k and the arrows move in a list from anywhere on the page; while a row is open, the next one is shown. */
export function useRowKeys(keys: RowKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  const wanted = useRef<number>(undefined);
  const take = () => {
    const { place } = latest.current;
    const row = wanted.current === undefined ? null : place.current && rowOf(place.current, wanted.current);
    if (!row) return;
    wanted.current = undefined;
    row.scrollIntoView({ block: 'nearest' });
    row.focus({ preventScroll: true });
  };
  // A row that was far off is there only now.
  useEffect(take);
  useEffect(() => {
    const move = (from: number | undefined, by: number) => {
      const { count, openAt, firstInSight, bring, open } = latest.current;
      const next = from === undefined ? firstInSight() : Math.max(0, Math.min(count - 1, from + by));
      wanted.current = next;
      bring(next);
      take();
      if (openAt >= 0 && next !== openAt) open?.(next);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const { place, count, openAt, open, onKey } = latest.current;
      if (!place.current || count === 0 || !isForList(event, place.current, open !== undefined)) return;
      const focused = (event.target as Element).closest<HTMLElement>('[role=row][data-index]');
      const at = focused ? Number(focused.dataset.index) : openAt >= 0 ? openAt : undefined;
      const by = BY[event.key];
      if (by === undefined) return at === undefined ? undefined : onKey?.(event.key, at);
      event.preventDefault();
      move(at, by);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
