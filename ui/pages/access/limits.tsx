import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Dialog } from '../../kit/dialog.tsx';
import { bytes, count } from '../../kit/figures.ts';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { here } from '../../kit/forms/use-form.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParam } from '../../shell/place.ts';
import { Limit } from '../person/limit.tsx';

type Shown = Answer<'limits.list'>[number];

const columns: readonly Column<Shown>[] = [
  { title: 'Whose', width: '1.6fr', cell: ({ subject }) => <Name>{subject}</Name> },
  { title: 'Requests', width: '6rem', isNumber: true, cell: ({ requests }) => count(requests) },
  { title: 'At once', width: '5rem', isNumber: true, cell: ({ concurrent }) => count(concurrent) },
  { title: 'In', width: '5rem', isNumber: true, isExtra: true, cell: one => bytes(one.bytes_in) },
  { title: 'Out', width: '5rem', isNumber: true, isExtra: true, cell: one => bytes(one.bytes_out) },
  { title: 'Per', width: '4rem', isNumber: true, cell: ({ window }) => `${window ?? 60} s` },
  {
    ...{ title: 'Set', width: '1.2fr', isExtra: true },
    cell: ({ changed_by, changed_at }) => (
      <>
        <Name>{changed_by}</Name> <Ago at={changed_at} />
      </>
    ),
  },
];

/** Limits that people, clients, keys and servers have of their own. */
export function Limits() {
  const [open, setOpen] = useParam('limit');
  const [whose, setWhose] = useState('');
  const limits = useRead('limits.list', {});
  return (
    <div className="stack">
      {mayChange && (
        <Form action="limits.add" does="Set a limit" isOff={whose === ''} of={here(() => setOpen(whose))}>
          <TextField
            label="Whose limit"
            hint="user:alice, client:ID, key:ID or server:NAME"
            action="limits.whose"
            isCode
            value={whose}
            onChange={setWhose}
          />
        </Form>
      )}
      <Read of={limits}>
        {all =>
          all.length === 0 ? (
            <Empty title="Nobody has a limit of their own">
              <p className="soft">Everybody is limited as the settings say.</p>
            </Empty>
          ) : (
            <Table
              name="limits"
              columns={columns}
              rows={all}
              keyOf={({ subject }) => subject}
              onOpen={({ subject }) => setOpen(subject)}
            />
          )
        }
      </Read>
      {open !== '' && (
        <Dialog title={`Limits of ${open}`} isWide onClose={() => setOpen('')}>
          <Limit subject={open} />
        </Dialog>
      )}
    </div>
  );
}
