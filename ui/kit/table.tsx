import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { useDensity } from './density.ts';
import { useRowKeys } from './keys/row-keys.ts';

export type Column<Row> = {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** A CSS grid track, such as `8rem` or `1fr`. */
  readonly width?: string;
  readonly isNumber?: boolean;
  /** Left out on a phone. */
  readonly isExtra?: boolean;
  /** Left out wherever the table is narrower than on a desk. */
  readonly isWide?: boolean;
  /** Its track on a phone, where it differs. */
  readonly small?: string;
};

type TableProps<Row> = {
  /** What it lists, for readers. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Opens a row: by click, by Enter, and by j and k while another one is open. */
  readonly onOpen?: (row: Row, how?: 'within') => void;
  readonly openKey?: string | undefined;
  /** What other keys do to the row that has the focus or is open. */
  readonly onKey?: (key: string, row: Row) => void;
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

  const withRow = (act: (row: Row) => void) => (index: number) => {
    const row = rows[index];
    if (row !== undefined) act(row);
  };
  useRowKeys({
    place,
    count: rows.length,
    openAt: openKey === undefined ? -1 : rows.findIndex(row => keyOf(row) === openKey),
    firstInSight: () => (isLong ? Math.ceil((place.current?.scrollTop ?? 0) / rowPx) : 0),
    bring: index => isLong && virtual.scrollToIndex(index),
    open: onOpen && withRow(row => onOpen(row, 'within')),
    onKey: onKey && ((key, index) => withRow(row => onKey(key, row))(index)),
  });

  return (
    <div className="table" style={tracksOf(columns)}>
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
                  tabIndex={onOpen ? 0 : -1}
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
                  onKeyDown={event => {
                    if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
                    event.preventDefault();
                    if (onOpen) onOpen(row);
                    // One without anything to open leads where its first link does.
                    else event.currentTarget.querySelector<HTMLElement>('a[href]')?.click();
                  }}
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

/** The columns that there is room for, as tracks: by how wide the table is, not the window. */
function tracksOf<Row>(columns: readonly Column<Row>[]): Record<string, string> {
  const tracks = (widths: readonly string[]) =>
    widths.map(width => (width.endsWith('fr') ? `minmax(0, ${width})` : width)).join(' ');
  const middle = columns.filter(({ isWide }) => !isWide);
  const small = middle.filter(({ isExtra }) => !isExtra);
  return {
    '--tracks': tracks(columns.map(({ width = '1fr' }) => width)),
    '--tracks-middle': tracks(middle.map(({ width = '1fr' }) => width)),
    '--tracks-small': tracks(small.map(({ small: own, width = '1fr' }) => own ?? width)),
  };
}

function classOf<Row>({ isNumber, isExtra, isWide }: Column<Row>): string {
  return ['td', isNumber && 'number', isExtra && 'extra', isWide && 'wide'].filter(Boolean).join(' ');
}
