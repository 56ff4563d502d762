import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { ChartTable } from './chart-table.tsx';

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
  /** `lines` are of times, from less than a millisecond to minutes: each step of their scale is ten times the one before. */
  readonly shape: 'stack' | 'lines';
  readonly height: number;
  /** A span that was drawn with the mouse, in milliseconds. */
  readonly onBrush?: ((from: number, to: number) => void) | undefined;
  /** Moments with a name, such as outages. */
  readonly marks?: readonly ChartMark[] | undefined;
};

/** A moment of a chart, in milliseconds since the epoch, and what is said of it. */
export type ChartMark = {
  readonly at: number;
  readonly level: 'bad' | 'warn' | 'off';
  readonly title: string;
};

const NO_MARKS: readonly ChartMark[] = [];
/** So near to the pointer a mark says what it is. */
const NEAR_PX = 6;

/** A colour of the styles as a canvas takes it: which of the two it is, is known only where it is used. */
function ink(name: string): string {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const fontOf = () => `11px ${getComputedStyle(document.body).fontFamily}`;

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

/** Figures end at the last full minute: what happened since stands at the edge. */
const within = (plot: uPlot, at: number): number => Math.min(at / 1000, plot.scales.x?.max ?? at / 1000);

/** A dash for each, with a shape at its foot besides the colour: a triangle where something broke, else a square. */
function drawMarks(plot: uPlot, marks: readonly ChartMark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.setLineDash([3, 3]);
  for (const { at, level } of marks) {
    const x = Math.round(plot.valToPos(within(plot, at), 'x', true));
    if (x < bbox.left) continue;
    ctx.strokeStyle = ctx.fillStyle = ink(`--${level}`);
    drawFoot(ctx, x, bbox.top, level);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function drawFoot(ctx: CanvasRenderingContext2D, x: number, top: number, level: ChartMark['level']): void {
  const half = 4 * devicePixelRatio;
  ctx.beginPath();
  if (level === 'bad') {
    ctx.moveTo(x - half, top);
    ctx.lineTo(x + half, top);
    ctx.lineTo(x, top + half * 1.8);
  } else ctx.rect(x - half * 0.7, top, half * 1.4, half * 1.4);
  ctx.fill();
}

/** The marks beside the pointer. */
function marksNear(plot: uPlot, marks: readonly ChartMark[]): readonly ChartMark[] {
  const { left = -1 } = plot.cursor;
  return left < 0
    ? NO_MARKS
    : marks.filter(({ at }) => Math.abs(plot.valToPos(within(plot, at), 'x') - left) <= NEAR_PX);
}

/** On a scale of tens nothing is zero: what is shorter is drawn as this, in milliseconds. */
const SHORTEST_MS = 0.1;

const whole = (round: (value: number) => number, value: number) =>
  10 ** round(Math.log10(Math.max(value, SHORTEST_MS)));

const SCALES: Readonly<Record<ChartProps['shape'], uPlot.Scale>> = {
  stack: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
  lines: {
    ...{ distr: 3, log: 10 },
    // Of nothing there is neither a least nor a most.
    range: (_, min, max) => [
      whole(Math.floor, min ?? 1),
      whole(Math.ceil, Math.max(max ?? 10, (min ?? 1) * 10)),
    ],
  },
};

const tens = (min: number, max: number): number[] => {
  const first = Math.ceil(Math.log10(min));
  return Array.from({ length: Math.floor(Math.log10(max)) - first + 1 }, (_, at) => 10 ** (first + at));
};

type Hover = { readonly index: number | null; readonly marks: readonly ChartMark[] };

function optionsFor(
  props: ChartProps,
  width: number,
  marksNow: () => readonly ChartMark[],
  onHover: (hover: Hover) => void,
): uPlot.Options {
  const { series, shape, height, onBrush } = props;
  const say = (value: number) => series[0]?.show(value).replace('.0 ', ' ') ?? '';
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
    scales: { y: SCALES[shape] },
    axes: [
      {
        ...axis,
        font: fontOf(),
        ...{ grid: { show: false }, size: 26 },
        values: (_, splits) => splits.map(timeOn(splits)),
      },
      {
        ...{ ...axis, font: fontOf(), size: 56, space: 24 },
        ...(shape === 'lines' && {
          splits: (_: uPlot, __: number, min: number, max: number) => tens(min, max),
        }),
        // Too near to each other some are left out, as null.
        values: (_, splits) => splits.map(value => (value === 0 ? '0' : value ? say(value) : '')),
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
      setCursor: [plot => onHover({ index: plot.cursor.idx ?? null, marks: marksNear(plot, marksNow()) })],
      setSelect: [
        plot => {
          const { left, width: wide } = plot.select;
          if (wide < 4) return;
          onBrush?.(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + wide, 'x') * 1000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [plot => drawMarks(plot, marksNow())],
    },
  };
}

const drawable = ({ values }: ChartSeries) =>
  values.map(value => (value === null ? null : Math.max(value, SHORTEST_MS)));

const dataOf = ({ at, series, shape }: ChartProps): uPlot.AlignedData =>
  [at, ...(shape === 'stack' ? stacked(series) : series.map(drawable))] as uPlot.AlignedData;

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
  const [{ index: hovered, marks: near }, setHovered] = useState<Hover>({ index: null, marks: NO_MARKS });
  const colours = useColours();
  const marks = props.marks ?? NO_MARKS;
  const shape = props.series.map(({ title }) => title).join();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const width = element.clientWidth;
    const marksNow = () => latest.current.marks ?? NO_MARKS;
    const options = optionsFor(latest.current, width, marksNow, setHovered);
    const made = new uPlot(options, dataOf(latest.current), element);
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
  useEffect(() => {
    // Before it was drawn the first time there is nothing to draw again, and its time would be lost.
    if (typeof plot.current?.scales.x?.min === 'number') plot.current.redraw();
  }, [props.marks]);
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
        {near.map(({ at, title }) => (
          <span key={`${at} ${title}`} className="mark">
            <bdi>{title}</bdi>
          </span>
        ))}
      </figcaption>
      {marks.length > 0 && (
        <ul className="unseen" aria-label="What happened meanwhile">
          {marks.map(({ at, title }) => (
            <li key={`${at} ${title}`}>{title}</li>
          ))}
        </ul>
      )}
      <ChartTable label={props.label} at={props.at} series={props.series} />
    </figure>
  );
}
