import type { ReactNode } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';
import type { Person } from './person.tsx';

type Held = Answer<'users.holdings'>;

/** The button at the end of a row, for whoever may press it. */
function ends<Row>(action: string, does: string, label: (row: Row) => string, onEnd: (row: Row) => void) {
  const column: Column<Row> = {
    ...{ title: 'Ends', width: '5rem' },
    cell: row => (
      <Button action={action} tone="link" label={label(row)} onClick={() => onEnd(row)}>
        {does}
      </Button>
    ),
  };
  return mayChange ? [column] : [];
}

function Part({ title, none, children }: { title: string; none: string | undefined; children: ReactNode }) {
  return (
    <section className="stack">
      <h2>{title}</h2>
      {none === undefined ? children : <p className="soft">{none}</p>}
    </section>
  );
}

const noneOf = (all: readonly unknown[], says: string) => (all.length === 0 ? says : undefined);

function Browsers({ person, sessions }: { person: Person; sessions: Held['sessions'] }) {
  const end = useAct('users.end-session', { touches: ['presence'] });
  const endAll = useAct('users.end-sessions', {
    says: ({ ended }) => `${ended} ended`,
    touches: ['presence'],
  });
  const columns: readonly Column<Held['sessions'][number]>[] = [
    { title: 'Browser', width: '2fr', cell: ({ user_agent }) => <Name>{user_agent}</Name> },
    { title: 'From', width: '1fr', cell: ({ address }) => <Name>{address}</Name> },
    { title: 'Seen', width: '6.5rem', cell: ({ last_seen_at }) => <Ago at={last_seen_at} /> },
    { title: 'Over', width: '6.5rem', isExtra: true, cell: ({ expires_at }) => <Ago at={expires_at} /> },
    ...ends<Held['sessions'][number]>(
      'person.session-end',
      'End',
      ({ address }) => `End the session from ${address ?? 'somewhere'}`,
      ({ id }) => end.mutate({ params: { id: person.id, session: id } }),
    ),
  ];
  return (
    <Part title="Browsers" none={noneOf(sessions, 'Not signed in by any browser.')}>
      <Table name="sessions" columns={columns} rows={sessions} keyOf={({ id }) => id} />
      {mayChange && (
        <div>
          <Button
            action="person.sessions-end"
            isBusy={endAll.isPending}
            onClick={() => endAll.mutate({ params: { id: person.id } })}
          >
            Sign out of every browser
          </Button>
        </div>
      )}
    </Part>
  );
}

function Programs({ person, programs }: { person: Person; programs: Held['programs'] }) {
  const withdraw = useAct('consents.withdraw', { touches: ['users', 'presence'] });
  const columns: readonly Column<Held['programs'][number]>[] = [
    { title: 'Program', width: '1.4fr', cell: ({ name }) => <Name>{name}</Name> },
    { title: 'May', width: '1.4fr', isExtra: true, cell: ({ scopes }) => <Name>{scopes.join(' ')}</Name> },
    { title: 'Sign-ins', width: '5rem', isNumber: true, cell: ({ sign_ins }) => sign_ins },
    { title: 'Used', width: '6.5rem', cell: ({ used_at }) => <Ago at={used_at} /> },
    ...ends<Held['programs'][number]>(
      'person.consent-withdraw',
      'Withdraw',
      ({ name }) => `Withdraw ${name}`,
      ({ client_id }) => withdraw.mutate({ query: { user: person.id, client_id } }),
    ),
  ];
  return (
    <Part title="Programs that were let in" none={noneOf(programs, 'No program was let in.')}>
      <Table name="programs" columns={columns} rows={programs} keyOf={({ client_id }) => client_id} />
    </Part>
  );
}

function Keys({ person, keys }: { person: Person; keys: Held['keys'] }) {
  const to = useTo();
  const revoke = useAct('keys.revoke', { says: 'The key is revoked', touches: ['users', 'presence'] });
  const columns: readonly Column<Held['keys'][number]>[] = [
    { title: 'Key', width: '1.2fr', cell: ({ name }) => <Name>{name}</Name> },
    { title: 'Begins', width: '9rem', isExtra: true, cell: ({ hint }) => <code>{hint}</code> },
    { title: 'Used', width: '6rem', isExtra: true, cell: ({ last_used_at }) => <Ago at={last_used_at} /> },
    {
      ...{ title: 'Ends by itself', width: '6.2rem' },
      cell: ({ expires_at, is_expired }) =>
        is_expired ? <State level="off">over</State> : expires_at ? <Ago at={expires_at} /> : 'never',
    },
    ...ends<Held['keys'][number]>(
      'person.key-revoke',
      'Revoke',
      ({ name }) => `Revoke ${name}`,
      ({ id }) => revoke.mutate({ params: { id } }),
    ),
  ];
  return (
    <Part title="API keys" none={undefined}>
      {keys.length === 0 ? (
        <p className="soft">No key.</p>
      ) : (
        <Table name="keys" columns={columns} rows={keys} keyOf={({ id }) => id} />
      )}
      <p>
        <Go action="person.keys" to={to('/admin/clients', { tab: 'keys', user: person.id })}>
          Make one under Clients
        </Go>
      </p>
    </Part>
  );
}

function Accounts({ person, accounts }: { person: Person; accounts: Held['accounts'] }) {
  const remove = useAct('servers.remove-connection', {
    says: 'The account is forgotten',
    touches: ['users'],
  });
  const columns: readonly Column<Held['accounts'][number]>[] = [
    { title: 'Server', width: '1fr', cell: ({ server }) => <Name>{server}</Name> },
    {
      ...{ title: 'State', width: '7rem' },
      cell: ({ state }) => <State level={state === 'connected' ? 'ok' : 'warn'}>{state}</State>,
    },
    { title: 'By', width: '1.6fr', isExtra: true, cell: ({ issuer }) => <Name>{issuer}</Name> },
    { title: 'Since', width: '6.5rem', cell: ({ since }) => <Ago at={since} /> },
    ...ends<Held['accounts'][number]>(
      'person.account-remove',
      'Forget',
      ({ server }) => `Forget the account at ${server}`,
      ({ server }) => remove.mutate({ params: { id: server, user: person.id } }),
    ),
  ];
  return (
    <Part title="Accounts at servers" none={noneOf(accounts, 'No account at any server.')}>
      <Table name="accounts" columns={columns} rows={accounts} keyOf={({ server }) => server} />
    </Part>
  );
}

/** Everything by which the person can act. */
export function Holds({ person }: { readonly person: Person }) {
  const held = useRead('users.holdings', { params: { id: person.id } });
  return (
    <Read of={held}>
      {data => (
        <div className="stack">
          <p className="soft">
            {data.has_password ? 'A password.' : 'No password: nobody signs in as this person by one.'}
            {data.logins > 0 && ` ${data.logins} signed in by the older login.`}
          </p>
          <Browsers person={person} sessions={data.sessions} />
          <Programs person={person} programs={data.programs} />
          <Keys person={person} keys={data.keys} />
          <Accounts person={person} accounts={data.accounts} />
        </div>
      )}
    </Read>
  );
}
