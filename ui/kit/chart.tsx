import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';

export type ChartSeries = {
  readonly title: string;
  /** A variable of the styles, such as `--chart-ok`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly show: (value: number | null) => string;
};

type ChartProps = {
  /** What it shows, for whoever does not see it. */
  readonly label: string;
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly shape: 'stack' | 'lines';
  readonly height: number;
  /** A span that was drawn with the mouse, in milliseconds. */
  readonly onBrush?: ((from: number, to: number) => void) | undefined;
  /** Moments with a name, such as outages. */
  readonly marks?: readonly { readonly at: number; readonly title: string }[];
};

const ink = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Hours and minutes, or days where the axis spans several. */
function timeOn(splits: readonly number[]): (at: number) => string {
  const span = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const format = new Intl.DateTimeFormat(
    'en-GB',
    span > 2 * 86_400 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
  return at => format.format(at * 1000);
}

/** Each layer stands on those before it; what is drawn first is the highest. */
function stacked(series: readonly ChartSeries[]): (number | null)[][] {
  const sums: number[] = [];
  return series
    .map(({ values }) =>
      values.map((value, at) => {
        sums[at] = (sums[at] ?? 0) + (value ?? 0);
        return sums[at] ?? 0;
      }),
    )
    .reverse();
}

function drawMarks(plot: uPlot, marks: NonNullable<ChartProps['marks']>): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ink('--bad');
  ctx.setLineDash([3, 3]);
  for (const { at } of marks) {
    const x = Math.round(plot.valToPos(at / 1000, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function optionsFor(
  props: ChartProps,
  width: number,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const { series, shape, height, onBrush, marks = [] } = props;
  const drawn = shape === 'stack' ? [...series].reverse() : series;
  const axis = { stroke: ink('--soft'), grid: { stroke: ink('--line'), width: 1 }, ticks: { show: false } };
  const bars = uPlot.paths.bars?.({ size: [0.8, 24] });
  return {
    width,
    height,
    legend: { show: false },
    cursor: {
      drag: { x: onBrush !== undefined, y: false, setScale: false },
      points: { show: shape === 'lines' },
    },
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        font: `11px ${ink('--sans')}`,
        ...{ grid: { show: false }, size: 26 },
        values: (_, splits) => splits.map(timeOn(splits)),
      },
      {
        ...{ ...axis, font: `11px ${ink('--sans')}`, size: 56, space: 24 },
        values: (_, splits) => splits.map(value => (value === 0 ? '0' : (series[0]?.show(value) ?? ''))),
      },
    ],
    series: [
      {},
      ...drawn.map(({ title, colour }) => ({
        label: title,
        ...(shape === 'stack'
          ? { fill: ink(colour), width: 0, ...(bars && { paths: bars }), points: { show: false } }
          : { stroke: ink(colour), width: 1.5, points: { show: false } }),
      })),
    ],
    hooks: {
      setCursor: [plot => onHover(plot.cursor.idx ?? null)],
      setSelect: [
        plot => {
          const { left, width: wide } = plot.select;
          if (wide < 4) return;
          onBrush?.(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + wide, 'x') * 1000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [plot => drawMarks(plot, marks)],
    },
  };
}

const dataOf = ({ at, series, shape }: ChartProps): uPlot.AlignedData =>
  [at, ...(shape === 'stack' ? stacked(series) : series.map(({ values }) => values))] as uPlot.AlignedData;

/** The chosen colours, as a text that changes with them. */
function useColours(): string {
  const read = () =>
    `${document.documentElement.dataset.theme ?? ''} ${matchMedia('(prefers-color-scheme: dark)').matches}`;
  const [now, setNow] = useState(read);
  useEffect(() => {
    const look = () => setNow(read());
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', look);
    return () => {
      observer.disconnect();
      system.removeEventListener('change', look);
    };
  }, []);
  return now;
}

/** A series over time, drawn by uPlot; what the pointer is over is told in words below it. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const colours = useColours();
  const shape = props.series.map(({ title }) => title).join();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const width = element.clientWidth;
    const made = new uPlot(optionsFor(latest.current, width, setHovered), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: latest.current.height }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [colours, shape]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.at, props.series]);
  return (
    <figure className="chart" data-action={props.onBrush ? 'chart.brush' : undefined}>
      <div ref={place} role="img" aria-label={props.label} />
      <figcaption>
        {props.series.map(({ title, colour, values, show }) => (
          <span key={title}>
            <i style={{ background: `var(${colour})` }} />
            {title} {hovered !== null && <b>{show(values[hovered] ?? null)}</b>}
          </span>
        ))}
        {hovered !== null && (
          <span className="soft">{new Date((props.at[hovered] ?? 0) * 1000).toLocaleString('en-GB')}</span>
        )}
      </figcaption>
    </figure>
  );
}
