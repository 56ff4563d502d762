import { type Answer, addressOf } from '../../api/client.ts';
import type { Entry } from '../../api/live.ts';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { bytes, count, era, ms, plural } from '../../kit/figures.ts';
import { SplitBar } from '../../kit/heat.tsx';
import { Empty, Head, Name, Skeleton } from '../../kit/parts.tsx';
import { levelOfOutcome, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Clock } from '../../kit/time.tsx';
import { useIsLive } from '../../shell/header.tsx';
import { KeepView, KeptViews } from '../../shell/kept-views.tsx';
import { useParam, useWindow } from '../../shell/place.ts';
import { CallDrawer } from './drawer.tsx';
import { Chosen, Facets } from './facets.tsx';
import { type Filters, useFilters } from './filters.ts';
import { Histogram } from './histogram.tsx';
import { Latency } from './latency.tsx';
import { type Rows, useRows } from './rows.ts';

function columnsOf(most: number): readonly Column<Entry>[] {
  return [
    { title: 'At', width: '4.5rem', small: '4.2rem', cell: ({ at }) => <Clock at={at} /> },
    { title: 'Who', width: '1.2fr', isExtra: true, cell: ({ username }) => <Name>{username}</Name> },
    {
      title: 'By',
      width: '1fr',
      isWide: true,
      cell: ({ client_name, client, user_agent }) => <Name>{client_name ?? client ?? user_agent}</Name>,
    },
    {
      title: 'What',
      width: '1.8fr',
      small: '1.2fr',
      cell: ({ target, method }) => <Name>{target ?? method}</Name>,
    },
    { title: 'Server', width: '1.1fr', isExtra: true, cell: ({ server }) => <Name>{server}</Name> },
    {
      ...{ title: 'Outcome', width: '1.1fr', small: '1fr' },
      cell: ({ outcome, fault }) => (
        <State level={levelOfOutcome(outcome)}>{fault?.replaceAll('_', ' ') ?? outcome}</State>
      ),
    },
    {
      title: 'Era',
      width: '3rem',
      isWide: true,
      cell: one => (one.bridged ? `${era(one.era)}>${era(one.server_era)}` : era(one.era)),
    },
    {
      ...{ title: 'Whose time', width: '5rem', isExtra: true },
      cell: ({ gateway_ms, upstream_ms, duration_ms }) => (
        <SplitBar gateway={gateway_ms ?? duration_ms} server={upstream_ms ?? 0} most={most} />
      ),
    },
    { title: 'Took', width: '4rem', isNumber: true, cell: ({ duration_ms }) => ms(duration_ms) },
    {
      title: 'Size',
      width: '4rem',
      isNumber: true,
      isWide: true,
      cell: ({ bytes_out }) => bytes(bytes_out),
    },
  ];
}

function Waiting({ rows, onShow }: { readonly rows: Rows; readonly onShow: () => void }) {
  if (rows.waiting.length === 0 && rows.missed === 0) return null;
  return (
    <Button action="activity.show-new" tone="main" onClick={onShow}>
      {rows.waiting.length > 0 ? `${count(rows.waiting.length)} new` : 'More'}
      {rows.missed > 0 && `, ${count(rows.missed)} more were too many to follow`}
    </Button>
  );
}

function List({ rows, filters }: { readonly rows: Rows; readonly filters: Filters }) {
  const [open, setOpen] = useParam('open');
  const { filter } = filters;
  const alone = filter.id === undefined ? undefined : rows.rows[0];
  const opened = rows.rows.find(({ id }) => id === open) ?? alone;
  const sought = useRead(
    'activity.list',
    { query: { id: open } },
    { isOff: open === '' || opened !== undefined },
  ).data?.entries[0];
  const shown = opened ?? sought;
  const close = () => (alone && open === '' ? filters.set({ id: '', open: '' }) : setOpen(''));
  if (rows.error)
    return (
      <div className="problem" role="alert">
        <p>{rows.error.message}</p>
        <Button action="activity.again" onClick={rows.again}>
          Try again
        </Button>
      </div>
    );
  if (rows.isLoading) return <Skeleton lines={10} />;
  const most = Math.max(1, ...rows.rows.slice(0, 200).map(({ duration_ms }) => duration_ms));
  return (
    <>
      {rows.rows.length === 0 ? (
        <Empty
          title={filters.chosen.length > 0 ? 'No request fits these filters' : 'No request in this time'}
        >
          <p className="soft">
            Requests of MCP clients appear here as they are made: who, by which client, what, and how it
            ended.
          </p>
        </Empty>
      ) : (
        <Table
          name="activity"
          columns={columnsOf(most)}
          rows={rows.rows}
          keyOf={({ id }) => id}
          height="min(60vh, 44rem)"
          openKey={shown?.id}
          onOpen={({ id }, how) => setOpen(id, how)}
          onEnd={rows.more}
          onKey={(key, { server, method }) => {
            if (key !== 'x') return;
            if (server !== null) filters.set({ not_server: server, server: '', open: '' });
            else if (method !== null) filters.set({ not_method: method, method: '', open: '' });
          }}
        />
      )}
      {shown && <CallDrawer entry={shown} onOpen={setOpen} onClose={close} />}
    </>
  );
}

/** As the parts beside the list count them. */
const saidOf = ({ requests, is_all }: Answer<'activity.summary'>) =>
  is_all ? plural(requests, 'request') : `${plural(requests, 'request')} and more`;

/** Every request of a client, by its parts, as it comes. */
export function Activity() {
  const [window] = useWindow();
  const filters = useFilters();
  const isLive = useIsLive();
  const rows = useRows(filters.filter, window, isLive);
  const { data: summary, refetch: countAgain } = useRead(
    'activity.summary',
    { query: { ...window.span, ...filters.filter } },
    // The list is what is looked at: whatever else is asked waits for it.
    { everyMs: 15_000, isOff: rows.isLoading },
  );
  const { id: _, ...exported } = filters.filter;
  const file = (format: 'csv' | 'jsonl') =>
    addressOf('activity.export', { query: { ...window.span, ...exported, format } });
  const follows =
    rows.line === 'on'
      ? 'New requests are announced as they come.'
      : rows.line === 'lost'
        ? 'The feed is lost; it comes back by itself.'
        : '';
  return (
    <>
      <Head title="Activity" says={`${summary ? `${saidOf(summary)} in ${window.says}. ` : ''}${follows}`}>
        <Waiting
          rows={rows}
          onShow={() => {
            rows.show();
            void countAgain();
          }}
        />
        <KeepView />
        <a className="button quiet" data-action="activity.csv" href={file('csv')} download>
          CSV
        </a>
        <a className="button quiet" data-action="activity.jsonl" href={file('jsonl')} download>
          JSON lines
        </a>
      </Head>
      <KeptViews />
      <Histogram filter={filters.filter} isOff={rows.isLoading} />
      <Chosen filters={filters} summary={summary} />
      <div className="with-facets">
        {summary && <Facets summary={summary} filters={filters} />}
        <div className="stack">
          <List rows={rows} filters={filters} />
          <Latency entries={rows.rows} />
        </div>
      </div>
    </>
  );
}
