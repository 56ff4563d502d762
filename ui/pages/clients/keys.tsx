import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { Form, Once, TextField } from '../../kit/forms/form.tsx';
import { numberOr, useForm } from '../../kit/forms/use-form.ts';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { RowGone } from '../../shell/gone.tsx';
import { useParams, useTo } from '../../shell/place.ts';

type Key = Answer<'keys.list'>[number];

function AddKey({ user: proposed, onClose }: { readonly user: string; readonly onClose: () => void }) {
  const people = useRead('users.list', { query: {} }).data ?? [];
  const start = { user: proposed, name: '', scopes: 'mcp', expires_in_days: '90' };
  const add = useForm('keys.create', start, {
    touches: ['presence', 'users'],
    given: ({ user, name, scopes, expires_in_days: days }) => ({
      body: { user, name, scopes: scopes.split(/\s+/).filter(Boolean), expires_in_days: numberOr(days) },
    }),
  });
  if (add.done)
    return (
      <Dialog title="The key is made" onClose={onClose}>
        <Once says={`It stands for ${add.done.user.username}.`} text={add.done.key} action="keys.copy" />
        <div className="row end">
          <Button action="keys.add-done" tone="main" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="Make an API key" onClose={onClose}>
      <Form action="keys.add-send" does="Make it" of={add} isOff={add.values.user === ''} onClose={onClose}>
        <div className="field">
          <Choice
            label="For whom"
            action="keys.add-user"
            options={[['', 'For whom'], ...people.map(({ id, username }) => [id, username] as const)]}
            {...add.choice('user')}
          />
        </div>
        <TextField label="Name" action="keys.add-name" {...add.text('name')} />
        <TextField
          label="Scopes"
          hint="mcp for everything the person may use, mcp:NAME for one server; admin, audit, metrics for those who have that role."
          action="keys.add-scopes"
          isCode
          {...add.text('scopes')}
        />
        <TextField
          label="Ends after days"
          hint="Empty: when it is revoked."
          action="keys.add-days"
          {...add.text('expires_in_days')}
        />
      </Form>
    </Dialog>
  );
}

function Ends({ of }: { readonly of: Key }) {
  if (of.is_expired) return <State level="off">over</State>;
  return of.expires_at ? <Ago at={of.expires_at} /> : 'never';
}

/** The API keys of everybody. */
export function Keys() {
  const [params, set] = useParams();
  const to = useTo();
  const at = (name: string) => params.get(name) ?? '';
  const keys = useRead('keys.list', { query: {} }, { everyMs: 15_000 });
  const ended = keys.data?.find(({ id }) => id === at('key'));
  const revoke = useAct('keys.revoke', {
    says: 'The key is revoked',
    touches: ['presence', 'users'],
    onDone: () => set({ key: '' }),
  });
  const columns: readonly Column<Key>[] = [
    { title: 'Key', width: '1.2fr', cell: ({ name }) => <Name>{name}</Name> },
    {
      ...{ title: 'Whose', width: '1fr' },
      cell: ({ user }) => (
        <Go action="keys.person" to={to(`/admin/people/${user.id}`, { tab: 'holds' })}>
          <Name>{user.username}</Name>
        </Go>
      ),
    },
    { title: 'Begins', width: '9rem', isWide: true, cell: ({ hint }) => <code>{hint}</code> },
    { title: 'Scopes', width: '0.8fr', isWide: true, cell: ({ scopes }) => <Name>{scopes.join(' ')}</Name> },
    {
      title: 'Last used',
      width: '6rem',
      isExtra: true,
      cell: ({ last_used_at }) => <Ago at={last_used_at} />,
    },
    { title: 'From', width: '8rem', isWide: true, cell: one => <Name>{one.last_used_address}</Name> },
    { title: 'Ends', width: '6rem', isExtra: true, cell: one => <Ends of={one} /> },
    {
      ...{ title: 'Revoke', width: '4.5rem' },
      cell: ({ id, name }) =>
        mayChange && (
          <Button action="keys.revoke" tone="link" label={`Revoke ${name}`} onClick={() => set({ key: id })}>
            Revoke
          </Button>
        ),
    },
  ];
  const fits = ({ name, user, hint }: Key) =>
    `${name} ${user.username} ${hint}`.toLowerCase().includes(at('q').toLowerCase());
  const mine = (all: readonly Key[]) =>
    all.filter(one => (at('user') === '' || one.user.id === at('user')) && fits(one));
  const add = mayChange && (
    <Button action="keys.add" tone="main" onClick={() => set({ add: 'key' })}>
      Make a key
    </Button>
  );
  return (
    <div className="stack">
      <div className="row">
        <input
          type="search"
          className="narrow"
          data-action="keys.search"
          data-filter
          aria-label="Name of the key or of the person"
          placeholder="Key or person"
          value={at('q')}
          onChange={event => set({ q: event.target.value }, 'within')}
        />
        {at('user') !== '' && (
          <Button action="keys.everybody" onClick={() => set({ user: '' })}>
            Those of everybody
          </Button>
        )}
        <span className="grow" />
        {add}
      </div>
      {keys.data && at('key') !== '' && !ended && <RowGone what="key" onClose={() => set({ key: '' })} />}
      <Read of={keys}>
        {all =>
          mine(all).length === 0 ? (
            <Empty title={all.length === 0 ? 'There is no key' : 'No key fits'}>
              <p className="soft">A key stands for a person, in a client that cannot sign in by a browser.</p>
            </Empty>
          ) : (
            <Table
              name="keys"
              columns={columns}
              rows={mine(all)}
              keyOf={({ id }) => id}
              openKey={ended?.id}
            />
          )
        }
      </Read>
      {mayChange && at('add') === 'key' && <AddKey user={at('user')} onClose={() => set({ add: '' })} />}
      {ended && (
        <Confirm
          action="keys.revoke-send"
          title="Revoke the key"
          does="Revoke"
          isBusy={revoke.isPending}
          onDo={() => revoke.mutate({ params: { id: ended.id } })}
          onClose={() => set({ key: '' })}
        >
          <p>
            <Name>{ended.name}</Name> of <Name>{ended.user.username}</Name> opens nothing from now on.
          </p>
        </Confirm>
      )}
    </div>
  );
}
