import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';

type Link = Answer<'invites.list'>[number];

/** Invitations, and links to a new password, that nobody used yet. */
export function Links() {
  const links = useRead('invites.list', {});
  const remove = useAct('invites.remove', { says: 'The link opens nothing any more' });
  const columns: readonly Column<Link>[] = [
    {
      ...{ title: 'For', width: '1.4fr' },
      cell: ({ user, note, email }) => <Name>{user?.username ?? note ?? email}</Name>,
    },
    { title: 'What', width: '8rem', cell: ({ kind }) => (kind === 'invite' ? 'invitation' : 'new password') },
    { title: 'Role', width: '6rem', isExtra: true, cell: ({ role }) => role },
    { title: 'Groups', width: '1fr', isExtra: true, cell: ({ groups }) => <Name>{groups.join(', ')}</Name> },
    { title: 'Made by', width: '1fr', isExtra: true, cell: ({ made_by }) => <Name>{made_by}</Name> },
    { title: 'Over', width: '6.5rem', cell: ({ expires_at }) => <Ago at={expires_at} /> },
    {
      ...{ title: 'Ends', width: '6rem' },
      cell: ({ id }) =>
        mayChange && (
          <Button action="links.remove" tone="link" onClick={() => remove.mutate({ params: { id } })}>
            Take back
          </Button>
        ),
    },
  ];
  return (
    <Read of={links}>
      {all =>
        all.length === 0 ? (
          <Empty title="No link waits">
            <p className="soft">Invitations and links to a new password stand here until they are used.</p>
          </Empty>
        ) : (
          <Table name="links" columns={columns} rows={all} keyOf={({ id }) => id} />
        )
      }
    </Read>
  );
}
