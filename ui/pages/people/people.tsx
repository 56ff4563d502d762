import { useLocation } from 'wouter';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Choice, Empty, Head, Name, Read, Tabs } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { KeepView, KeptViews } from '../../shell/kept-views.tsx';
import { useParam, useParams, useTo } from '../../shell/place.ts';
import { AddPerson } from './add-person.tsx';
import { Groups } from './groups.tsx';
import { Invite } from './invite.tsx';
import { Revoke } from './revoke.tsx';

type Person = Answer<'users.list'>[number];
type Presence = Answer<'presence.list'>[number];
type Row = Person & { readonly seen: Presence | undefined };

const SEARCHED = ['username', 'email', 'full_name'] as const;

function fits(one: Person, { q, role, state }: { q: string; role: string; state: string }): boolean {
  const text = SEARCHED.map(field => one[field] ?? '').join(' ');
  return (
    text.toLowerCase().includes(q.toLowerCase()) &&
    (role === '' || one.role === role) &&
    (state === '' || one.is_active === (state === 'active'))
  );
}

const columnsOf = (onRevoke: (id: string) => void): readonly Column<Row>[] => [
  {
    ...{ title: 'Name', width: '2fr' },
    cell: ({ username, full_name }) => (
      <>
        <Name>{username}</Name> {full_name && <span className="soft">{full_name}</span>}
      </>
    ),
  },
  {
    ...{ title: 'State', width: '6rem' },
    cell: ({ is_active, seen }) =>
      is_active ? (
        <State level={seen && seen.sessions > 0 ? 'ok' : 'off'}>
          {seen && seen.sessions > 0 ? 'signed in' : 'away'}
        </State>
      ) : (
        <State level="bad">shut out</State>
      ),
  },
  {
    title: 'Role',
    width: '5rem',
    isWide: true,
    cell: ({ role }) => (role === 'user' ? 'user' : <b>{role}</b>),
  },
  { title: 'Groups', width: '1fr', isWide: true, cell: ({ groups }) => <Name>{groups.join(', ')}</Name> },
  { title: 'Last seen', width: '6rem', cell: ({ seen }) => <Ago at={seen?.last_seen_at} /> },
  {
    ...{ title: 'Clients', width: '1.2fr', isExtra: true },
    cell: ({ seen }) => <Name>{seen?.programs.join(', ')}</Name>,
  },
  {
    ...{ title: 'Browsers', width: '4.8rem', isNumber: true, isWide: true },
    cell: ({ seen }) => seen?.sessions ?? '–',
  },
  { title: 'Keys', width: '3rem', isNumber: true, isWide: true, cell: ({ seen }) => seen?.keys ?? '–' },
  ...(mayChange
    ? [
        {
          ...{ title: 'Ends', width: '4.5rem', isExtra: true },
          cell: ({ id, username }: Row) => (
            <Button
              action="people.revoke"
              tone="link"
              label={`Sign ${username} out everywhere`}
              onClick={() => onRevoke(id)}
            >
              Revoke
            </Button>
          ),
        },
      ]
    : []),
];

function Filters() {
  const [params, set] = useParams();
  const at = (name: string) => params.get(name) ?? '';
  return (
    <div className="row">
      <input
        type="search"
        className="narrow"
        data-action="people.search"
        data-filter
        aria-label="Name or address"
        placeholder="Name or address"
        value={at('q')}
        onChange={event => set({ q: event.target.value }, 'within')}
      />
      <Choice
        label="Role"
        action="people.role"
        now={at('role')}
        options={[
          ['', 'Any role'],
          ['admin', 'Administrators'],
          ['auditor', 'Auditors'],
          ['user', 'Users'],
        ]}
        onChoose={role => set({ role })}
      />
      <Choice
        label="State"
        action="people.state"
        now={at('state')}
        options={[
          ['', 'Any state'],
          ['active', 'Let in'],
          ['disabled', 'Shut out'],
        ]}
        onChoose={state => set({ state })}
      />
    </div>
  );
}

function List({ onDialog }: { readonly onDialog: (change: Readonly<Record<string, string>>) => void }) {
  const [params] = useParams();
  const [, go] = useLocation();
  const to = useTo();
  const at = (name: string) => params.get(name) ?? '';
  const people = useRead('users.list', { query: {} });
  const presence = useRead('presence.list', {}, { everyMs: 15_000 }).data ?? [];
  const seen = new Map(presence.map(one => [one.user_id, one]));
  return (
    <div className="stack">
      <Filters />
      <Read of={people}>
        {all => {
          const rows = all
            .filter(one => fits(one, { q: at('q'), role: at('role'), state: at('state') }))
            .map(one => ({ ...one, seen: seen.get(one.id) }));
          if (rows.length === 0)
            return (
              <Empty title="Nobody fits">
                <p className="soft">
                  Nobody of {plural(all.length, 'person', 'people')} has that name, role and state.
                </p>
              </Empty>
            );
          return (
            <Table
              name="people"
              columns={columnsOf(revoke => onDialog({ revoke }))}
              rows={rows}
              keyOf={({ id }) => id}
              onOpen={({ id }) => go(to(`/admin/people/${id}`))}
              {...(rows.length > 100 && { height: 'min(70vh, 50rem)' })}
            />
          );
        }}
      </Read>
    </div>
  );
}

/** Whom the gateway knows, who is on now, and who belongs to which group. */
export function People() {
  const [tab, setTab] = useParam('tab', 'people');
  const [params, set] = useParams();
  const people = useRead('users.list', { query: {} }).data ?? [];
  const revoked = people.find(({ id }) => id === params.get('revoke'));
  const close = () => set({ add: '', revoke: '' });
  return (
    <>
      <Head
        title="People"
        says="Who may come in, by what, and when they were here last. A person without a password is a program, or waits for a link."
      >
        <KeepView />
        {mayChange && (
          <>
            <Button action="people.invite" onClick={() => set({ add: 'link' })}>
              Invite by link
            </Button>
            <Button action="people.add" tone="main" onClick={() => set({ add: 'person' })}>
              Add a person
            </Button>
          </>
        )}
      </Head>
      <KeptViews />
      <Tabs
        name="people-tab"
        now={tab}
        onGo={setTab}
        tabs={[
          { id: 'people', title: 'People' },
          { id: 'groups', title: 'Groups' },
        ]}
      />
      {tab === 'groups' ? <Groups /> : <List onDialog={set} />}
      {mayChange && params.get('add') === 'person' && <AddPerson onClose={close} />}
      {mayChange && params.get('add') === 'link' && <Invite onClose={close} />}
      {revoked && <Revoke person={revoked} onClose={close} />}
    </>
  );
}
