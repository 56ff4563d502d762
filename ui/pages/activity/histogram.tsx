import { useRead } from '../../api/use.ts';
import { Chart } from '../../kit/chart.tsx';
import { count } from '../../kit/figures.ts';
import { Skeleton } from '../../kit/parts.tsx';
import { millisOf } from '../../kit/time.tsx';
import { useWindow } from '../../shell/place.ts';
import { layersOf } from '../home/pulse.tsx';
import type { Filter } from './filters.ts';

/** Figures are counted for all, and for one server, person or client; the first of the filters among these is shown. */
function scopeOf({ server, user_id, client }: Filter) {
  if (server) return { query: { server }, of: `of ${server}` };
  if (user_id) return { query: { user_id }, of: 'of this person' };
  return client ? { query: { client }, of: 'of this client' } : { query: {}, of: 'of all' };
}

/** When it happened; a span that is drawn becomes the window. */
export function Histogram({ filter, isOff }: { readonly filter: Filter; readonly isOff: boolean }) {
  const [window, setWindow] = useWindow();
  const { query, of } = scopeOf(filter);
  const { data } = useRead(
    'figures.series',
    { query: { ...window.query, ...query } },
    { everyMs: 15_000, isOff },
  );
  if (!data) return <Skeleton lines={3} />;
  const all = data.steps.reduce((sum, { requests }) => sum + requests, 0);
  const known = data.steps.map(step =>
    step.failed_by
      ? step
      : { ...step, failed_by: { tool: step.errors, server: 0, refused: step.refused, gateway: 0 } },
  );
  return (
    <Chart
      label={`Requests a minute ${of} in ${window.says}: ${count(all)}.`}
      shape="stack"
      height={110}
      at={data.steps.map(({ at }) => (millisOf(at) ?? 0) / 1000)}
      series={layersOf(known, data.step_seconds)}
      onBrush={(from, to) => setWindow(`${Math.round(from)}_${Math.round(to)}`)}
    />
  );
}
