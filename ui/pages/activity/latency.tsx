import { useMemo, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import type { Entry } from '../../api/live.ts';
import { useRead } from '../../api/use.ts';
import { ms } from '../../kit/figures.ts';
import { Name, Skeleton } from '../../kit/parts.tsx';
import { useWindow } from '../../shell/place.ts';

type Server = Answer<'figures.show'>['servers'][number];

const DECADES = [0.1, 1, 10, 100, 1_000, 10_000, 100_000] as const;
const [LEAST] = DECADES;
const MOST = 100_000;
const WIDTH = 300;
const HEIGHT = 46;
const BINS = 48;

const share = (value: number) =>
  Math.min(1, Math.max(0, Math.log(Math.max(value, LEAST) / LEAST) / Math.log(MOST / LEAST)));

function binsOf(times: readonly number[]): readonly number[] {
  const bins = Array.from({ length: BINS }, () => 0);
  for (const time of times) {
    const at = Math.min(BINS - 1, Math.floor(share(time) * BINS));
    bins[at] = (bins[at] ?? 0) + 1;
  }
  return bins;
}

function LatencyOf({ server, times }: { readonly server: Server; readonly times: readonly number[] }) {
  const bins = binsOf(times);
  const most = Math.max(1, ...bins);
  const ticks = [
    ['p50', server.p50_ms],
    ['p95', server.p95_ms],
    ['p99', server.p99_ms],
  ] as const;
  return (
    <figure className="latency">
      <figcaption>
        <Name>{server.name}</Name>{' '}
        <span className="soft">
          p50 {ms(server.p50_ms)}, p95 {ms(server.p95_ms)}, p99 {ms(server.p99_ms)}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 12}`}
        role="img"
        aria-label={`Times of ${server.name}, on a logarithmic axis from 0.1 ms to 100 s`}
      >
        {bins
          .map((many, at) => ({ many, x: (at * WIDTH) / BINS }))
          .map(({ many, x }) => (
            <rect
              key={x}
              x={x}
              y={HEIGHT - (HEIGHT * many) / most}
              width={WIDTH / BINS - 1}
              height={(HEIGHT * many) / most}
              fill="var(--chart-line)"
            />
          ))}
        {ticks.map(([name, value]) =>
          value === null ? null : (
            <line
              key={name}
              x1={share(value) * WIDTH}
              x2={share(value) * WIDTH}
              y1={0}
              y2={HEIGHT}
              stroke="var(--ink)"
              strokeDasharray={name === 'p50' ? undefined : '2 2'}
            />
          ),
        )}
        {DECADES.map(value => (
          <text
            key={value}
            x={share(value) * WIDTH}
            y={HEIGHT + 10}
            fontSize="8"
            fill="var(--soft)"
            textAnchor={value === LEAST ? 'start' : value === MOST ? 'end' : 'middle'}
          >
            {value >= 1_000 ? `${value / 1_000} s` : `${value} ms`}
          </text>
        ))}
      </svg>
    </figure>
  );
}

/** How long each server takes, all on the same axis: the entries that are listed as bars, the whole window's quantiles as lines. */
export function Latency({ entries }: { readonly entries: readonly Entry[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="panel" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary data-action="latency.show">How long each server takes</summary>
      {isOpen && <Multiples entries={entries} />}
    </details>
  );
}

function Multiples({ entries }: { readonly entries: readonly Entry[] }) {
  const [window] = useWindow();
  const { data } = useRead(
    'figures.show',
    { query: { ...window.query, top: '12', exact: '1' } },
    { everyMs: 30_000 },
  );
  const times = useMemo(() => {
    const found = new Map<string, number[]>();
    for (const { server, duration_ms } of entries) {
      if (server === null) continue;
      const of = found.get(server) ?? [];
      of.push(duration_ms);
      found.set(server, of);
    }
    return found;
  }, [entries]);
  if (!data) return <Skeleton lines={3} />;
  return (
    <div className="multiples">
      {data.servers.length === 0 && <p className="soft">No server was asked in this time.</p>}
      {data.servers.map(server => (
        <LatencyOf key={server.name} server={server} times={times.get(server.name) ?? []} />
      ))}
    </div>
  );
}
