import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { ms } from '../../kit/figures.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { levelOfOutcome, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago, exactText } from '../../kit/time.tsx';
import { useTo, useWindow } from '../../shell/place.ts';
import type { Person } from './person.tsx';

type Entry = Answer<'activity.list'>['entries'][number];
type SignIn = Answer<'auth-log.list'>['entries'][number];
type Change = Answer<'audit.list'>['entries'][number];

const signIns: readonly Column<SignIn>[] = [
  { title: 'When', width: '6.5rem', cell: ({ timestamp }) => <Ago at={timestamp} /> },
  {
    ...{ title: 'What', width: '1.4fr' },
    cell: ({ event_type, success }) => (
      <State level={success ? 'ok' : 'bad'}>{event_type.replaceAll('_', ' ')}</State>
    ),
  },
  { title: 'From', width: '1fr', cell: ({ ip_address }) => <Name>{ip_address}</Name> },
  { title: 'By', width: '1.6fr', isExtra: true, cell: one => <Name>{one.client_id ?? one.user_agent}</Name> },
];

const changes: readonly Column<Change>[] = [
  { title: 'When', width: '6.5rem', cell: ({ at }) => <Ago at={at} /> },
  { title: 'What', width: '1fr', cell: ({ action }) => <code>{action}</code> },
  { title: 'Of', width: '2fr', cell: ({ target }) => <Name>{target}</Name> },
];

/** Calls, sign-ins and changes of a person. */
export function Did({ person }: { readonly person: Person }) {
  const to = useTo();
  const [window] = useWindow();
  const calls = useRead('activity.list', {
    query: { ...window.span, user_id: person.id, limit: '20' },
  });
  const came = useRead('auth-log.list', { query: { user_id: person.id, limit: '12' } });
  const changed = useRead('audit.list', { query: { actor: `user:${person.username}`, limit: '12' } });
  const columns: readonly Column<Entry>[] = [
    {
      ...{ title: 'When', width: '6rem' },
      cell: ({ at, id }) => (
        <Go
          action="person.call"
          to={to('/admin/activity', { user_id: person.id, open: id })}
          title={exactText(at)}
        >
          <Ago at={at} />
        </Go>
      ),
    },
    { title: 'What', width: '2fr', cell: ({ target, method }) => <Name>{target ?? method}</Name> },
    { title: 'Server', width: '1fr', isExtra: true, cell: ({ server }) => <Name>{server}</Name> },
    { title: 'By', width: '1.2fr', isWide: true, cell: one => <Name>{one.client_name ?? one.client}</Name> },
    {
      ...{ title: 'Outcome', width: '6rem' },
      cell: ({ outcome }) => <State level={levelOfOutcome(outcome)}>{outcome}</State>,
    },
    {
      title: 'Took',
      width: '4rem',
      isNumber: true,
      isExtra: true,
      cell: ({ duration_ms }) => ms(duration_ms),
    },
  ];
  return (
    <div className="stack">
      <section className="stack">
        <div className="row apart">
          <h2>Requests in {window.says}</h2>
          <Go action="person.activity" to={to('/admin/activity', { user_id: person.id })}>
            All of them
          </Go>
        </div>
        <Read of={calls}>
          {({ entries }) =>
            entries.length === 0 ? (
              <Empty title="No request in this time">
                <p className="soft">What the person does by an MCP client is listed here.</p>
              </Empty>
            ) : (
              <Table name="calls" columns={columns} rows={entries} keyOf={({ id }) => id} />
            )
          }
        </Read>
      </section>
      <div className="two">
        <section className="stack">
          <h2>Sign-ins</h2>
          <Read of={came}>
            {({ entries }) => (
              <Table name="sign-ins" columns={signIns} rows={entries} keyOf={({ id }) => id} />
            )}
          </Read>
        </section>
        <section className="stack">
          <h2>Changes</h2>
          <Read of={changed}>
            {({ entries }) =>
              entries.length === 0 ? (
                <p className="soft">The person changed nothing.</p>
              ) : (
                <Table name="changes" columns={changes} rows={entries} keyOf={({ id }) => id} />
              )
            }
          </Read>
        </section>
      </div>
    </div>
  );
}
