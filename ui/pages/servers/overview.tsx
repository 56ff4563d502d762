import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { Chart } from '../../kit/chart.tsx';
import { count, ms, percent, plural } from '../../kit/figures.ts';
import { Heat } from '../../kit/heat.tsx';
import { Copy, Name, Read, Skeleton } from '../../kit/parts.tsx';
import { levelOfHealth, State } from '../../kit/state.tsx';
import { Ago, millisOf } from '../../kit/time.tsx';
import { useTo, useWindow } from '../../shell/place.ts';
import { layersOf, timesOf } from '../home/pulse.tsx';
import { runningText } from './running.ts';
import type { Server } from './server.tsx';
import { erasOf } from './servers.tsx';

type Health = Answer<'servers.health'>;

/** What it was and when, the latest first; the same truth as the breaker has. */
function Timeline({ health }: { readonly health: Health }) {
  if (health.history.length === 0) return <p className="soft">Its state never changed.</p>;
  return (
    <ul className="plain timeline">
      {health.history.map(({ at, state, says, latency_ms }) => (
        <li key={`${at} ${state}`}>
          <State level={levelOfHealth(state)}>{state}</State> <Ago at={at} />{' '}
          <bdi className="soft">{says}</bdi>
          {latency_ms !== null && <span className="soft">{ms(latency_ms)}</span>}
        </li>
      ))}
    </ul>
  );
}

function Facts({ server }: { readonly server: Server }) {
  const { url, command, endpoint, health, tools_count, prompts_count, resources_count, read_at } = server;
  return (
    <dl className="facts">
      <dt>Where</dt>
      <dd>
        <bdi className="mono">{url ?? command?.join(' ')}</bdi>
      </dd>
      <dt>Alone at</dt>
      <dd className="row">
        <span className="mono">{endpoint}</span> <Copy action="server.copy-endpoint" text={endpoint} />
      </dd>
      <dt>Speaks</dt>
      <dd>{server.protocols.join(', ') || erasOf(server)}</dd>
      <dt>Offers</dt>
      <dd>
        {plural(tools_count, 'tool')}, {plural(prompts_count, 'prompt')},{' '}
        {plural(resources_count, 'resource')}
        {read_at !== null && (
          <>
            , read <Ago at={read_at} />
          </>
        )}
      </dd>
      <dt>Now</dt>
      <dd>
        {runningText(server)}
        {server.running.is_paused && '; after failures its calls are refused at once for a while'}
      </dd>
      <dt>Asked</dt>
      <dd>
        <Ago at={health.checked_at} />
        {health.latency_ms !== null && `, answered in ${ms(health.latency_ms)}`}
      </dd>
      <dt>Last error</dt>
      <dd>
        {health.last_error ? (
          <>
            <bdi>{health.last_error.says}</bdi>, <Ago at={health.last_error.at} />
          </>
        ) : (
          'none'
        )}
      </dd>
    </dl>
  );
}

/** How a server is, was, and what it did. */
export function Overview({ server }: { readonly server: Server }) {
  const to = useTo();
  const [window] = useWindow();
  const week = useRead('figures.series', { query: { last_seconds: '604800', server: server.name } }).data;
  const series = useRead(
    'figures.series',
    { query: { ...window.query, server: server.name } },
    { everyMs: 15_000 },
  ).data;
  const figures = useRead(
    'figures.show',
    { query: { ...window.query, server: server.name, exact: '1', top: '10' } },
    { everyMs: 15_000 },
  ).data;
  const health = useRead(
    'servers.health',
    { params: { id: server.id }, query: { limit: '30' } },
    { everyMs: 10_000 },
  );
  const cells = (week?.steps ?? []).map(({ at, requests, errors }) => ({
    at,
    calls: requests,
    failed: errors,
  }));
  return (
    <div className="stack">
      <section className="panel stack" aria-label="Seven days">
        <h2>Seven days</h2>
        <Heat
          cells={cells}
          label={`Calls of ${server.name} in seven days, colour for failures and height for how many`}
        />
        <p className="row">
          <Go action="server.calls" to={to('/admin/activity', { server: server.name })}>
            {plural(figures?.requests, 'request')}
          </Go>
          <span className="soft">
            in {window.says}; {percent(figures?.success)} went well; p50 {ms(figures?.p50_ms)}, p95{' '}
            {ms(figures?.p95_ms)}, p99 {ms(figures?.p99_ms)}
          </span>
        </p>
        {series ? (
          <>
            <Chart
              label={`Requests a minute of ${server.name} in ${window.says}.`}
              shape="stack"
              height={120}
              at={series.steps.map(({ at }) => (millisOf(at) ?? 0) / 1000)}
              series={layersOf(series.steps, series.step_seconds)}
            />
            <Chart
              label={`How long requests to ${server.name} took in ${window.says}.`}
              shape="lines"
              height={110}
              at={series.steps.map(({ at }) => (millisOf(at) ?? 0) / 1000)}
              series={timesOf(series.steps)}
            />
          </>
        ) : (
          <Skeleton lines={4} />
        )}
      </section>
      <div className="two">
        <section className="panel" aria-label="What it is">
          <Facts server={server} />
        </section>
        <section className="panel" aria-label="Health">
          <h2>Health</h2>
          <Read of={health}>{data => <Timeline health={data} />}</Read>
        </section>
      </div>
      {figures && figures.tools.length > 0 && (
        <section className="panel" aria-label="Busiest tools">
          <h2>Busiest tools</h2>
          <ul className="plain timeline">
            {figures.tools.map(({ name, requests, errors, p95_ms }) => (
              <li key={name}>
                <Go
                  action="server.tool-calls"
                  to={to('/admin/activity', { server: server.name, target: name })}
                >
                  <Name>{name}</Name>
                </Go>{' '}
                <span className="soft">
                  {plural(requests, 'call')}, {count(errors)} failed, p95 {ms(p95_ms)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
