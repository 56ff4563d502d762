import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { here } from '../../kit/forms/use-form.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { BlockAddress } from './block-address.tsx';

type Blocked = Answer<'blocked-addresses.list'>[number];

/** Addresses from which nobody signs in at present; each can be let in again. */
export function BlockedAddresses() {
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState<string>();
  const read = useRead('blocked-addresses.list', {}, { everyMs: 15_000 });
  const unblock = useAct('blocked-addresses.unblock', { says: 'People may sign in from there again.' });
  const columns: readonly Column<Blocked>[] = [
    { title: 'Address', width: '1.4fr', cell: ({ address }) => <Name>{address}</Name> },
    {
      title: 'By',
      width: '1fr',
      cell: ({ by }) => (by === 'detector:brute_force' ? 'it guessed' : <Name>{by}</Name>),
    },
    { title: 'Since', width: '6rem', isExtra: true, cell: ({ since }) => <Ago at={since} /> },
    { title: 'Until', width: '6rem', cell: ({ until }) => <Ago at={until} /> },
    {
      title: '',
      width: '6.5rem',
      cell: ({ address }) =>
        mayChange && (
          <Button
            action="address.unblock"
            label={`Let ${address} in again`}
            isBusy={unblock.isPending && unblock.variables?.params.address === address}
            onClick={() => unblock.mutate({ params: { address } })}
          >
            Let in
          </Button>
        ),
    },
  ];
  return (
    <div className="stack">
      {mayChange && (
        <Form
          action="address.ask"
          does="Block it"
          isOff={typed.trim() === ''}
          of={here(() => setAsked(typed.trim()))}
        >
          <TextField
            label="Block an address"
            action="address.type"
            value={typed}
            onChange={setTyped}
            isCode
            hint="Nobody signs in from it for a while; of IPv6 from its network (/64)."
          />
        </Form>
      )}
      <Read of={read}>
        {all =>
          all.length === 0 ? (
            <Empty title="No address is blocked">
              <p className="soft">
                Those that guess passwords stand here as well, where the detector of that is set to block.
              </p>
            </Empty>
          ) : (
            <Table
              name="blocked"
              rows={all}
              columns={columns}
              keyOf={({ address, by }) => `${address} ${by}`}
            />
          )
        }
      </Read>
      {asked !== undefined && (
        <BlockAddress
          address={asked}
          onClose={() => {
            setAsked(undefined);
            setTyped('');
          }}
        />
      )}
    </div>
  );
}
