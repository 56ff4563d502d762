import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';

type Consent = Answer<'consents.list'>[number];

/** Who agreed to what. */
export function Consents() {
  const to = useTo();
  const consents = useRead('consents.list', { query: {} });
  const withdraw = useAct('consents.withdraw', {
    says: 'The consent is withdrawn',
    touches: ['users', 'presence'],
  });
  const columns: readonly Column<Consent>[] = [
    {
      ...{ title: 'Who', width: '1fr' },
      cell: ({ user }) => (
        <Go action="consents.person" to={to(`/admin/people/${user.id}`, { tab: 'holds' })}>
          <Name>{user.username}</Name>
        </Go>
      ),
    },
    {
      ...{ title: 'Client', width: '1.4fr' },
      cell: ({ name, client_id }) => (
        <Go action="consents.client" to={to('/admin/clients', { open: client_id })}>
          <Name>{name}</Name>
        </Go>
      ),
    },
    { title: 'May', width: '1.2fr', isExtra: true, cell: ({ scopes }) => <Name>{scopes.join(' ')}</Name> },
    { title: 'Sign-ins', width: '5rem', isNumber: true, isExtra: true, cell: ({ sign_ins }) => sign_ins },
    { title: 'Since', width: '6.5rem', isExtra: true, cell: ({ since }) => <Ago at={since} /> },
    { title: 'Used', width: '6.5rem', cell: ({ used_at }) => <Ago at={used_at} /> },
    {
      ...{ title: 'Ends', width: '6rem' },
      cell: ({ user, client_id, name }) =>
        mayChange && (
          <Button
            action="consents.withdraw"
            tone="link"
            label={`Withdraw ${name} of ${user.username}`}
            onClick={() => withdraw.mutate({ query: { user: user.id, client_id } })}
          >
            Withdraw
          </Button>
        ),
    },
  ];
  return (
    <Read of={consents}>
      {all =>
        all.length === 0 ? (
          <Empty title="Nobody let a client in yet">
            <p className="soft">
              Whoever signs in by a client is asked once, and what they agreed to stands here.
            </p>
          </Empty>
        ) : (
          <Table
            name="consents"
            columns={columns}
            rows={all}
            keyOf={({ user, client_id }) => `${user.id} ${client_id}`}
          />
        )
      }
    </Read>
  );
}
