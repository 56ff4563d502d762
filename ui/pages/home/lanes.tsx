import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { count, era, ms, plural } from '../../kit/figures.ts';
import { Heat, Spark } from '../../kit/heat.tsx';
import { Empty, Name } from '../../kit/parts.tsx';
import { levelOfHealth, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTo, useWindow } from '../../shell/place.ts';
import { runningText } from '../servers/running.ts';

type Server = Answer<'servers.list'>[number];
type Series = Answer<'figures.series'>;
type Lane = {
  readonly server: Server;
  readonly day: Series | undefined;
  readonly calls: number;
  readonly failed: number;
  readonly failures: string;
  /** `25>26`: in which eras it is asked, and spoken to. */
  readonly eras: string;
};

const RANK: Readonly<Record<string, number>> = {
  down: 0,
  parked: 1,
  degraded: 2,
  unknown: 3,
  online: 4,
  disabled: 5,
};
/** Healthy servers beyond so many fold into one line. */
const MOST = 12;

const erasOf = (all: readonly string[]) => all.map(era).join('+') || '–';

/** What calls showed, or what it is known to speak where nobody called. */
function erasOn(server: Server, seen: Answer<'activity.summary'>['eras']): string {
  const of = seen.find(one => one.server === server.name);
  if (of) return `${erasOf(of.client_eras)}>${erasOf(of.server_eras)}`;
  const known = server.protocols.map(one => (one.startsWith('2026') ? 'modern' : 'legacy'));
  return erasOf([...new Set(known)]);
}

const cellsOf = (day: Series | undefined) =>
  (day?.steps ?? []).map(({ at, requests, errors }) => ({ at, calls: requests, failed: errors }));

type Links = {
  readonly server: (server: Server) => string;
  /** Its requests in the window. */
  readonly calls: (server: Server, more?: Readonly<Record<string, string>>) => string;
};

function columnsOf(most: number, links: Links): readonly Column<Lane>[] {
  return [
    {
      ...{ title: 'Server', width: '1.1fr' },
      cell: ({ server }) => (
        <Go action="lane.open" to={links.server(server)}>
          <Name>{server.name}</Name>
        </Go>
      ),
    },
    {
      ...{ title: 'State', width: '8.5rem', small: '6rem' },
      cell: ({ server: { health } }) => (
        <State level={levelOfHealth(health.state)}>
          {health.state} {health.since !== null && <Ago at={health.since} isBare />}
        </State>
      ),
    },
    {
      ...{ title: 'The last day', width: '2.2fr', isExtra: true },
      cell: ({ server, day }) => (
        <Heat cells={cellsOf(day)} label={`Calls of ${server.name} in the last 24 hours`} />
      ),
    },
    {
      ...{ title: 'p95', width: '0.9fr', isWide: true },
      cell: ({ server, day }) => (
        <Spark
          most={most}
          values={(day?.steps ?? []).map(({ p95_ms }) => p95_ms)}
          label={`p95 of ${server.name} in the last 24 hours`}
          show={ms}
        />
      ),
    },
    {
      ...{ title: 'Calls', width: '3.5rem', small: '3rem', isNumber: true },
      cell: ({ server, calls }) =>
        calls === 0 ? (
          <span className="soft">0</span>
        ) : (
          <Go action="lane.calls" to={links.calls(server)}>
            {count(calls)}
          </Go>
        ),
    },
    {
      ...{ title: 'Failed', width: '1.1fr' },
      cell: ({ server, failed, failures }) =>
        failed === 0 ? (
          <span className="soft">0</span>
        ) : (
          <Go action="lane.failed" title={failures} to={links.calls(server, { outcome: 'error' })}>
            {failures}
          </Go>
        ),
    },
    {
      ...{ title: 'Era', width: '7.5rem', isWide: true },
      cell: ({ eras }) => <span title="asked in > spoken to in">{eras}</span>,
    },
    { ...{ title: 'Now', width: '8rem', isWide: true }, cell: ({ server }) => runningText(server) },
    {
      ...{ title: 'Credential', width: '5.5rem', isWide: true },
      cell: ({ server: { auth } }) =>
        auth.expires_at === null ? <span className="soft">–</span> : <Ago at={auth.expires_at} />,
    },
  ];
}

/** One line for each server, the worst first, all on the same scales. */
export function Lanes({ servers }: { readonly servers: readonly Server[] }) {
  const to = useTo();
  const [window] = useWindow();
  const [isWhole, setWhole] = useState(false);
  const figures = useRead(
    'figures.show',
    { query: { ...window.query, top: '100', exact: '1' } },
    { everyMs: 15_000 },
  ).data;
  const seen = useRead('activity.summary', { query: window.span }, { everyMs: 15_000 }).data?.eras ?? [];
  const ranked = [...servers].sort(
    (a, b) => (RANK[a.health.state] ?? 9) - (RANK[b.health.state] ?? 9) || (a.name < b.name ? -1 : 1),
  );
  const sick = ranked.filter(({ health }) => health.state !== 'online').length;
  const shown = isWhole ? ranked : ranked.slice(0, Math.max(MOST, sick));
  const days = useQueries({
    queries: shown.map(({ name }) => ({
      queryKey: ['figures.series', { query: { last_seconds: '86400', server: name } }],
      queryFn: () => call('figures.series', { query: { last_seconds: '86400', server: name } }),
      refetchInterval: 60_000,
    })),
  });
  if (servers.length === 0)
    return (
      <Empty title="No server yet">
        <p className="soft">
          Each server gets a line here: how it is, its last day, its calls and what failed.
        </p>
        <Go action="home.add-server" className="button main" to={to('/admin/servers', { add: '1' })}>
          Add a server
        </Go>
      </Empty>
    );
  const lanes = shown.map((server, at): Lane => {
    const of = figures?.servers.find(({ name }) => name === server.name);
    const failures = (figures?.failures ?? [])
      .filter(one => one.server === server.name)
      .map(({ name, count: many }) => `${many} ${name.replaceAll('_', ' ')}`);
    return {
      server,
      eras: erasOn(server, seen),
      day: days[at]?.data,
      calls: of?.requests ?? 0,
      failed: of?.errors ?? 0,
      failures: failures.join(', ') || count(of?.errors),
    };
  });
  const most = Math.max(
    1,
    ...lanes.flatMap(({ day }) => (day?.steps ?? []).map(({ p95_ms }) => p95_ms ?? 0)),
  );
  return (
    <section className="lanes" aria-label="Servers">
      <Table
        name="lane"
        columns={columnsOf(most, {
          server: ({ name }) => to(`/admin/servers/${name}`),
          calls: ({ name }, more) => to('/admin/activity', { server: name, ...more }),
        })}
        rows={lanes}
        keyOf={({ server }) => server.id}
      />
      {ranked.length > shown.length && (
        <p className="row">
          <span className="soft">{plural(ranked.length - shown.length, 'more server')} answer.</span>
          <Button action="lane.all" tone="link" onClick={() => setWhole(true)}>
            Show them
          </Button>
        </p>
      )}
    </section>
  );
}
