import { useMemo } from 'react';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Read } from '../../kit/parts.tsx';
import { levelOfHealth, State } from '../../kit/state.tsx';
import { useTo, useWindow } from '../../shell/place.ts';
import { Flow } from './flow.tsx';
import { Lanes } from './lanes.tsx';
import { LastCalls } from './last-calls.tsx';
import { needsOf } from './needs.ts';
import { NEEDS, NeedsList } from './needs-list.tsx';
import { Pulse } from './pulse.tsx';
import { Standing } from './standing.tsx';

const EVERY_MS = 15_000;
const LESS_MS = 60_000;
/** What is counted row by row. */
const SELDOM_MS = 300_000;

type Servers = Answer<'servers.list'>;

const worstOf = (servers: Servers) =>
  ['down', 'parked', 'degraded'].find(state => servers.some(({ health }) => health.state === state)) ??
  'online';

/** Is anything wrong, whose fault is it, what do I do: in this order. */
export function Home() {
  const to = useTo();
  const [window] = useWindow();
  const read = useRead('servers.list', {}, { everyMs: 10_000 });
  const servers = read.data;
  const figures = useRead(
    'figures.show',
    { query: { ...window.query, top: '100', exact: '1' } },
    { everyMs: EVERY_MS },
  ).data;
  const tokens = useRead('servers.token-statuses', {}, { everyMs: LESS_MS }).data;
  const keys = useRead('keys.list', { query: {} }, { everyMs: LESS_MS }).data;
  const events = useRead(
    'security-events.list',
    { query: { last_hours: '24', limit: '200' } },
    { everyMs: EVERY_MS },
  ).data;
  const blocked = useRead('blocked-addresses.list', {}, { everyMs: EVERY_MS }).data;
  const retention = useRead('retention.show', {}, { everyMs: SELDOM_MS }).data;
  const needs = useMemo(
    () =>
      needsOf({
        ...{
          now: Date.now(),
          servers: servers ?? [],
          tokens: tokens ?? [],
          keys: keys ?? [],
          events: events ?? [],
          blocked: (blocked ?? []).map(({ address }) => address),
          retention,
        },
        callsOf: server => figures?.servers.find(({ name }) => name === server)?.requests ?? 0,
      }),
    [servers, tokens, keys, events, blocked, retention, figures],
  );
  if (!servers)
    return (
      <>
        <h1>Home</h1>
        <Read of={read} lines={10}>
          {() => null}
        </Read>
      </>
    );
  return (
    <>
      <header>
        <h1 className="verdict">
          <State level={read.error ? 'unknown' : levelOfHealth(worstOf(servers))} />{' '}
          {read.error && 'How it stands is not known now. Last: '}
          <Standing servers={servers} />{' '}
          <Go action="verdict.people" to={to('/admin/people')}>
            {plural(figures?.users.length ?? 0, 'person', 'people')}
          </Go>{' '}
          and{' '}
          <Go action="verdict.clients" to={to('/admin/clients')}>
            {plural(figures?.clients.length ?? 0, 'client')}
          </Go>{' '}
          in {window.says}.{' '}
          {needs.length > 0 && (
            <>
              <a data-action="verdict.needs" href={`#${NEEDS}`}>
                {plural(needs.length, 'thing')}
              </a>{' '}
              {needs.length === 1 ? 'needs' : 'need'} you.
            </>
          )}
        </h1>
      </header>
      <NeedsList needs={needs} />
      <Pulse />
      <Lanes servers={servers} />
      <Flow />
      <LastCalls />
    </>
  );
}
