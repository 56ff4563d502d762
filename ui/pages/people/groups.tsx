import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { filledIn, useForm } from '../../kit/forms/use-form.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { RowGone, useStill } from '../../shell/gone.tsx';
import { useParam } from '../../shell/place.ts';
import { GroupDrawer } from './group-drawer.tsx';

type Group = Answer<'groups.list'>[number];

const columns: readonly Column<Group>[] = [
  { title: 'Group', width: '1fr', cell: ({ name }) => <Name>{name}</Name> },
  {
    title: 'What it is for',
    width: '2fr',
    isExtra: true,
    cell: ({ description }) => <Name>{description}</Name>,
  },
  {
    title: 'Members',
    width: '2fr',
    cell: ({ members }) => <Name>{members.map(one => one.username).join(', ')}</Name>,
  },
  { title: 'Made', width: '6.5rem', isExtra: true, cell: ({ created_at }) => <Ago at={created_at} /> },
];

function AddGroup({ onClose }: { readonly onClose: () => void }) {
  const add = useForm(
    'groups.create',
    { name: '', description: '' },
    {
      says: made => `${made.name} is made`,
      onDone: onClose,
      given: ({ name, description }) => ({ body: { name, ...filledIn({ description }) } }),
    },
  );
  return (
    <Dialog title="Make a group" onClose={onClose}>
      <Form action="groups.add-send" does="Make it" of={add} onClose={onClose}>
        <TextField
          label="Name"
          hint="Grants of the configuration file that name it already count at once."
          action="groups.add-name"
          {...add.text('name')}
        />
        <TextField label="What it is for" action="groups.add-description" {...add.text('description')} />
      </Form>
    </Dialog>
  );
}

/** Groups, by which rights are given to many at once. */
export function Groups() {
  const [open, setOpen] = useParam('group');
  const groups = useRead('groups.list', {}, { everyMs: 15_000 });
  const { shown: opened, isGone } = useStill(
    open,
    groups.data?.find(({ id }) => id === open),
  );
  const add = mayChange && (
    <Button action="groups.add" onClick={() => setOpen('new')}>
      Make a group
    </Button>
  );
  return (
    <div className="stack">
      {groups.data && open !== '' && open !== 'new' && !opened && (
        <RowGone what="group" onClose={() => setOpen('')} />
      )}
      <Read of={groups}>
        {all =>
          all.length === 0 ? (
            <Empty title="There is no group yet">
              <p className="soft">What is granted to a group is granted to everybody in it.</p>
              {add}
            </Empty>
          ) : (
            <div className="stack">
              <div className="row">{add}</div>
              <Table
                name="groups"
                columns={columns}
                rows={all}
                keyOf={({ id }) => id}
                openKey={opened?.id}
                onOpen={({ id }, how) => setOpen(id, how)}
              />
            </div>
          )
        }
      </Read>
      {mayChange && open === 'new' && <AddGroup onClose={() => setOpen('')} />}
      {opened && <GroupDrawer key={opened.id} group={opened} isGone={isGone} onClose={() => setOpen('')} />}
    </div>
  );
}
