import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useDensity } from './density.ts';

export type Column<Row> = {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** A CSS grid track, such as `8rem` or `1fr`. */
  readonly width?: string;
  readonly isNumber?: boolean;
  /** Left out on a phone. */
  readonly isExtra?: boolean;
};

type TableProps<Row> = {
  /** What it lists, for readers. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Opens a row: by click, Enter, and j and k from the row before. */
  readonly onOpen?: (row: Row) => void;
  readonly openKey?: string | undefined;
  readonly onKey?: (event: KeyboardEvent, row: Row) => void;
  /** Asked for when the end comes near. */
  readonly onEnd?: (() => void) | undefined;
  /** Of the whole list, in CSS; a list without it is as long as its rows. */
  readonly height?: string;
};

/** As `.tr` of the styles. */
const ROW_PX = { comfortable: 40, compact: 28 } as const;

/** A dense list. Only what is in sight is in the document, so that 100,000 rows cost as much as thirty. */
export function Table<Row>(props: TableProps<Row>) {
  const { name, columns, rows, keyOf, onOpen, openKey, onKey, onEnd, height } = props;
  const place = useRef<HTMLDivElement>(null);
  const isLong = height !== undefined;
  const rowPx = ROW_PX[useDensity()];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => rowPx,
    overscan: 8,
    enabled: isLong,
  });
  const shown = isLong
    ? virtual.getVirtualItems()
    : rows.map((_, index) => ({ index, start: index * rowPx }));
  // The sizes of rows are remembered.
  useEffect(() => void (rowPx && virtual.measure()), [rowPx, virtual]);
  if (isLong && onEnd && (shown.at(-1)?.index ?? 0) >= rows.length - 10) queueMicrotask(onEnd);
  const tracks = columns
    .map(({ width = '1fr' }) => (width.endsWith('fr') ? `minmax(0, ${width})` : width))
    .join(' ');

  const move = (event: KeyboardEvent<HTMLDivElement>, index: number, row: Row) => {
    const by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') onOpen?.(row);
    else if (by !== undefined)
      focusRow(
        place.current,
        index + by,
        onOpen && openKey !== undefined ? rows[index + by] : undefined,
        onOpen,
      );
    else return onKey?.(event, row);
    event.preventDefault();
  };

  return (
    <div className="table" style={{ '--tracks': tracks } as Record<string, string>}>
      <div role="table" aria-label={name} aria-rowcount={rows.length + 1}>
        <div role="row" className="tr head" aria-rowindex={1}>
          {columns.map(column => (
            <div key={column.title} role="columnheader" className={classOf(column)}>
              {column.title || <span className="unseen">What to do</span>}
            </div>
          ))}
        </div>
        <div
          ref={place}
          role="rowgroup"
          className="tbody"
          style={isLong ? { height, overflow: 'auto' } : undefined}
          tabIndex={isLong ? 0 : undefined}
        >
          <div
            role="presentation"
            style={isLong ? { height: virtual.getTotalSize(), position: 'relative' } : undefined}
          >
            {shown.map(({ index, start }) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <div
                  key={keyOf(row)}
                  role="row"
                  aria-rowindex={index + 2}
                  data-index={index}
                  data-action={onOpen ? `${name}.open` : undefined}
                  tabIndex={onOpen ? 0 : undefined}
                  aria-selected={onOpen ? keyOf(row) === openKey : undefined}
                  className={keyOf(row) === openKey ? 'tr open' : 'tr'}
                  style={
                    isLong
                      ? {
                          position: 'absolute',
                          top: 0,
                          left: 0,
                          right: 0,
                          height: rowPx,
                          transform: `translateY(${start}px)`,
                        }
                      : undefined
                  }
                  onClick={event => {
                    if (!(event.target as Element).closest('a, button, input, select, label')) onOpen?.(row);
                  }}
                  onKeyDown={event => move(event, index, row)}
                >
                  {columns.map(column => (
                    <div key={column.title} role="cell" className={classOf(column)}>
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

function classOf<Row>({ isNumber, isExtra }: Column<Row>): string {
  return ['td', isNumber && 'number', isExtra && 'extra'].filter(Boolean).join(' ');
}

/** The next row gets the focus; while one is open, it is the one that is shown. */
function focusRow<Row>(
  place: HTMLElement | null,
  index: number,
  row: Row | undefined,
  onOpen: ((row: Row) => void) | undefined,
): void {
  const next = place?.querySelector<HTMLElement>(`[data-index="${index}"]`);
  next?.scrollIntoView({ block: 'nearest' });
  next?.focus({ preventScroll: true });
  if (row !== undefined) onOpen?.(row);
}
