import { type FocusEvent, type KeyboardEvent, useState } from 'react';

const ROWS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
const COLUMNS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Where a key leads from a cell: within the row, or from row to row; with Ctrl to the very first and last. */
function placeAfter(
  { key, ctrlKey }: KeyboardEvent,
  rows: readonly HTMLElement[][],
  row: number,
  column: number,
) {
  const last = (rows[row]?.length ?? 1) - 1;
  if (key === 'Home') return [ctrlKey ? 0 : row, 0] as const;
  if (key === 'End') return [ctrlKey ? rows.length - 1 : row, last] as const;
  const [down, right] = [ROWS[key], COLUMNS[key]];
  if (down === undefined && right === undefined) return undefined;
  const within = (at: number, end: number) => Math.max(0, Math.min(end, at));
  return [within(row + (down ?? 0), rows.length - 1), within(column + (right ?? 0), last)] as const;
}

/** A table whose cells are one stop of the keyboard (ARIA, grid pattern): the arrows, Home and End move from cell to cell. */
export function useGridKeys(first: string) {
  const [chosen, setChosen] = useState(first);
  const onFocus = ({ target }: FocusEvent) => {
    const cell = target instanceof HTMLElement ? target.dataset.cell : undefined;
    if (cell !== undefined) setChosen(cell);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const rows = [...(event.currentTarget.tBodies[0]?.rows ?? [])].map(row => [
      ...row.querySelectorAll<HTMLElement>('[data-cell]'),
    ]);
    const row = rows.findIndex(cells => cells.some(cell => cell === event.target));
    const column = rows[row]?.indexOf(event.target as HTMLElement) ?? -1;
    const next =
      column < 0 || event.altKey || event.metaKey ? undefined : placeAfter(event, rows, row, column);
    if (!next) return;
    event.preventDefault();
    rows[next[0]]?.[next[1]]?.focus();
  };
  return { chosen, grid: { role: 'grid', onFocus, onKeyDown } as const };
}
