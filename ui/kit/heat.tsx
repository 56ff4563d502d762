import { count } from './figures.ts';
import { exactText } from './time.tsx';

export type Cell = { readonly at: string | null; readonly calls: number; readonly failed: number };

const HEIGHT = 22;
const STEP = 5;

function colourOf({ calls, failed }: Cell): string {
  if (calls === 0) return 'var(--line)';
  const share = failed / calls;
  return share === 0 ? 'var(--chart-ok)' : share < 0.2 ? 'var(--chart-tool)' : 'var(--chart-server)';
}

/** What the cells show, in words. */
function saidOf(cells: readonly Cell[]): string {
  const sum = (of: (cell: Cell) => number) => cells.reduce((all, cell) => all + of(cell), 0);
  const [calls, failed] = [sum(one => one.calls), sum(one => one.failed)];
  if (calls === 0) return 'none';
  const most = cells.reduce((one, other) => (other.calls > one.calls ? other : one));
  return `${count(calls)}, ${count(failed)} of them failed; most from ${exactText(most.at)}, ${count(most.calls)}`;
}

/** A day in cells: the colour says failures, the height how many calls, grey that nothing was asked. */
export function Heat({ cells, label }: { readonly cells: readonly Cell[]; readonly label: string }) {
  const most = Math.max(1, ...cells.map(({ calls }) => calls));
  return (
    <svg
      className="heat"
      viewBox={`0 0 ${cells.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${saidOf(cells)}`}
    >
      {cells.map((cell, at) => {
        const height = cell.calls === 0 ? 2 : 4 + (HEIGHT - 4) * Math.sqrt(cell.calls / most);
        return (
          <rect
            key={cell.at ?? at}
            x={at * STEP}
            y={HEIGHT - height}
            width={STEP - 1}
            height={height}
            fill={colourOf(cell)}
          />
        );
      })}
    </svg>
  );
}

function spanOf(values: readonly (number | null)[], show: (value: number | undefined) => string): string {
  const known = values.filter(value => value !== null);
  if (known.length === 0) return ': nothing is known';
  const [least, most, last] = [Math.min(...known), Math.max(...known), known.at(-1)].map(show);
  return `: from ${least} to ${most}, ${last} at the end`;
}

/** A line without axes; `most` is the same for all that stand beside each other. */
export function Spark({
  values,
  most,
  label,
  show = count,
}: {
  readonly values: readonly (number | null)[];
  readonly most: number;
  readonly label: string;
  readonly show?: (value: number | undefined) => string;
}) {
  const width = 100;
  const step = width / Math.max(1, values.length - 1);
  let path = '';
  let isDown = false;
  values.forEach((value, at) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const y = HEIGHT - 2 - (HEIGHT - 4) * Math.min(1, value / Math.max(most, 0.001));
    path += `${isDown ? 'L' : 'M'}${(at * step).toFixed(1)} ${y.toFixed(1)}${isDown ? '' : 'h.6'}`;
    isDown = true;
  });
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}${spanOf(values, show)}`}
    >
      <path
        d={path}
        fill="none"
        stroke="var(--chart-line)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** Where the time of a call went: in the gateway, and at the server. */
export function SplitBar({
  gateway,
  server,
  most,
}: {
  readonly gateway: number;
  readonly server: number;
  readonly most: number;
}) {
  const part = (value: number) => `${Math.min(100, (100 * value) / Math.max(most, 0.001))}%`;
  return (
    <span
      className="split"
      role="img"
      aria-label={`gateway ${gateway.toFixed(1)} ms, server ${server.toFixed(0)} ms`}
    >
      <i className="of-gateway" style={{ width: part(gateway) }} />
      <i className="of-server" style={{ width: part(server) }} />
    </span>
  );
}
