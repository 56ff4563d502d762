import type { Answer } from '../../api/client.ts';
import { Go } from '../../kit/button.tsx';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useIsLive } from '../../shell/header.tsx';
import { useParams, useTo, useWindow } from '../../shell/place.ts';
import { FilterRow } from './filter-row.tsx';
import { SIGN_IN_FILTERS, signInFilter } from './filters.ts';
import { usePages } from './pages.ts';

type SignIn = Answer<'auth-log.list'>['entries'][number];

const columnsOf = (to: (id: string) => string): readonly Column<SignIn>[] => [
  { title: 'When', width: '6rem', cell: ({ timestamp }) => <Ago at={timestamp} /> },
  {
    ...{ title: 'What', width: '1.3fr' },
    cell: ({ event_type, success, count }) => (
      <State level={success ? 'ok' : 'bad'}>
        {event_type.replaceAll('_', ' ')}
        {count > 1 && ` × ${count}`}
      </State>
    ),
  },
  {
    ...{ title: 'Who', width: '1fr' },
    cell: ({ user_id, username }) =>
      user_id ? (
        <Go action="sign-ins.person" to={to(user_id)}>
          <Name>{username}</Name>
        </Go>
      ) : (
        <Name>{username}</Name>
      ),
  },
  { title: 'From', width: '8rem', isExtra: true, cell: ({ ip_address }) => <Name>{ip_address}</Name> },
  {
    title: 'Client',
    width: '1.2fr',
    isWide: true,
    cell: one => <Name>{one.client_id ?? one.user_agent}</Name>,
  },
  { title: 'Why', width: '1.6fr', isExtra: true, cell: ({ details }) => <Name>{details}</Name> },
];

/** Who came in, and who was not let in. */
export function SignIns() {
  const [params, set] = useParams();
  const [window] = useWindow();
  const isLive = useIsLive();
  const to = useTo();
  const filter = { ...window.span, ...signInFilter(params) };
  const { list, rows, more } = usePages('auth-log.list', filter, isLive && 10_000);
  return (
    <div className="stack">
      <FilterRow filters={SIGN_IN_FILTERS}>
        <Choice
          label="How it ended"
          action="sign-ins.success"
          now={params.get('success') ?? ''}
          options={[
            ['', 'However it ended'],
            ['true', 'Let in'],
            ['false', 'Not let in'],
          ]}
          onChoose={success => set({ success })}
        />
      </FilterRow>
      <Read of={list}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No sign-in fits">
              <p className="soft">
                Logins, tokens, registrations and consents are written here, those that were refused too.
              </p>
            </Empty>
          ) : (
            <Table
              name="auth-log"
              columns={columnsOf(id => to(`/admin/people/${id}`))}
              rows={rows}
              keyOf={({ id }) => id}
              {...(rows.length > 12 && { height: 'min(65vh, 46rem)' })}
              onEnd={more}
            />
          )
        }
      </Read>
    </div>
  );
}
