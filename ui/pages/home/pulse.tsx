import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { Chart, type ChartSeries } from '../../kit/chart.tsx';
import { count, ms, percent, plural, trend } from '../../kit/figures.ts';
import { Skeleton } from '../../kit/parts.tsx';
import { millisOf } from '../../kit/time.tsx';
import { useTo, useWindow } from '../../shell/place.ts';
import { useMarks } from './marks.ts';

type Steps = Answer<'figures.series'>['steps'];

const secondsOf = (steps: Steps) => steps.map(({ at }) => (millisOf(at) ?? 0) / 1000);
const perMinute = (value: number | null) =>
  `${count(value === null ? null : Math.round(value * 10) / 10)}/min`;

const LAYERS = [
  ['well', '--chart-ok', ({ ok, cancelled }: Steps[number]) => ok + cancelled],
  ['tool said error', '--chart-tool', ({ failed_by }: Steps[number]) => failed_by?.tool ?? 0],
  ['server failed', '--chart-server', ({ failed_by }: Steps[number]) => failed_by?.server ?? 0],
  ['refused', '--chart-policy', ({ failed_by }: Steps[number]) => failed_by?.refused ?? 0],
  ['gateway failed', '--chart-gateway', ({ failed_by }: Steps[number]) => failed_by?.gateway ?? 0],
] as const;

/** Calls a minute by how they ended. */
export function layersOf(steps: Steps, stepSeconds: number): readonly ChartSeries[] {
  const minutes = stepSeconds / 60;
  return LAYERS.map(([title, colour, amount]) => ({
    ...{ title, colour, show: perMinute },
    values: steps.map(step => amount(step) / minutes),
  }));
}

/** How long they took, and where. */
export function timesOf(steps: Steps): readonly ChartSeries[] {
  const gateway = ({ mean_ms, upstream_mean_ms }: Steps[number]) =>
    mean_ms === null || upstream_mean_ms === null ? null : Math.max(0, mean_ms - upstream_mean_ms);
  return [
    { title: 'p50', colour: '--chart-line', values: steps.map(({ p50_ms }) => p50_ms), show: ms },
    { title: 'p99', colour: '--chart-tool', values: steps.map(({ p99_ms }) => p99_ms), show: ms },
    {
      title: 'server, on average',
      colour: '--chart-server',
      values: steps.map(({ upstream_mean_ms }) => upstream_mean_ms),
      show: ms,
    },
    { title: 'gateway, on average', colour: '--chart-gateway', values: steps.map(gateway), show: ms },
  ];
}

function Hero({ steps }: { readonly steps: Steps }) {
  const to = useTo();
  const [window] = useWindow();
  const figures = useRead(
    'figures.show',
    { query: { ...window.query, top: '100', exact: '1' } },
    { everyMs: 15_000 },
  ).data;
  const summary = useRead('activity.summary', { query: window.span }, { everyMs: 15_000 }).data;
  const ours = steps.reduce((sum, { failed_by }) => sum + (failed_by?.gateway ?? 0), 0);
  return (
    <div className="hero">
      <Go action="hero.calls" to={to('/admin/activity')}>
        <b>{count(figures?.requests)}</b> calls
        <span className="soft">{figures ? trend(figures.trend.requests, window.before) : '–'}</span>
      </Go>
      <Go action="hero.ours" to={to('/admin/activity', { fault: 'internal' })}>
        <b className={ours > 0 ? 'bad-text' : ''}>{count(ours)}</b> failed through the gateway
        <span className="soft">meant to be 0</span>
      </Go>
      <Go action="hero.added" to={to('/admin/activity', { method: 'tools/call' })}>
        <b>
          {ms(summary?.gateway_p50_ms)} / {ms(summary?.gateway_p99_ms)}
        </b>{' '}
        added by the gateway
        <span className="soft">p50 / p99 of the latest {count(summary?.entries)}</span>
      </Go>
      <Go action="hero.bridged" to={to('/admin/activity', { bridged: '1' })}>
        <b>{percent(summary?.bridged_share)}</b> bridged
        <span className="soft">between the protocol of 2025 and that of 2026</span>
      </Go>
    </div>
  );
}

/** The pulse: how many calls, how they ended, and how long they took. A span that is drawn becomes the window of the page. */
export function Pulse() {
  const [window, setWindow] = useWindow();
  const { data } = useRead('figures.series', { query: window.query }, { everyMs: 15_000 });
  const marks = useMarks();
  if (!data) return <Skeleton lines={8} />;
  const at = secondsOf(data.steps);
  const failed = data.steps.reduce((sum, { errors, refused }) => sum + errors + refused, 0);
  const all = data.steps.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <section className="panel" aria-label="The pulse">
      <Hero steps={data.steps} />
      <Chart
        label={`Calls a minute in ${window.says}: ${plural(all, 'call')}, ${count(failed)} of them failed or were refused.`}
        shape="stack"
        height={190}
        at={at}
        series={layersOf(data.steps, data.step_seconds)}
        marks={marks}
        onBrush={(from, to) => setWindow(`${Math.round(from)}_${Math.round(to)}`)}
      />
      <Chart
        label={`Times of calls in ${window.says}.`}
        shape="lines"
        height={110}
        at={at}
        series={timesOf(data.steps)}
      />
    </section>
  );
}
