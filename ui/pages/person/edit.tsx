import { useState } from 'react';
import { useLocation } from 'wouter';
import { boot, mayChange } from '../../api/boot.ts';
import { useAct } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { Form, Once, TextField } from '../../kit/forms/form.tsx';
import { orNull, useForm } from '../../kit/forms/use-form.ts';
import { forgetUnsaved } from '../../kit/leaving/unsaved.ts';
import { Ago } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';
import type { Person } from './person.tsx';

type Props = { readonly person: Person };

function Profile({ person }: Props) {
  const start = { username: person.username, full_name: person.full_name ?? '', email: person.email ?? '' };
  const save = useForm('users.update', start, {
    edits: 'some',
    says: 'The account is changed',
    touches: ['grants'],
    given: ({ username, full_name, email }) => ({
      params: { id: person.id },
      body: { username, full_name: orNull(full_name), email: orNull(email) },
    }),
  });
  const isOff = !mayChange;
  return (
    <section className="panel">
      <h2>Who it is</h2>
      <Form action="person.save" does="Save" of={save} isOff={isOff || !save.isChanged}>
        <TextField
          label="User name"
          hint="Grants of the configuration file go by the name."
          action="person.name"
          isOff={isOff}
          {...save.text('username')}
        />
        <TextField label="Full name" action="person.full-name" isOff={isOff} {...save.text('full_name')} />
        <TextField label="E-mail address" action="person.email" isOff={isOff} {...save.text('email')} />
      </Form>
    </section>
  );
}

function ResetLink({ person }: Props) {
  const reset = useAct('users.reset-link', { touches: ['invites'] });
  return (
    <>
      <Button
        action="person.reset-link"
        isBusy={reset.isPending}
        isOff={!mayChange}
        onClick={() => reset.mutate({ params: { id: person.id } })}
      >
        Make a link to a new password
      </Button>
      {reset.data && (
        <Dialog title={`A new password for ${person.username}`} onClose={() => reset.reset()}>
          <Once
            says="Whoever opens it chooses a new password, once; what the former one opened ends then."
            text={reset.data.url}
            action="person.reset-copy"
          >
            <p className="soft">
              It ends <Ago at={reset.data.expires_at} />, and replaces the link before it.
            </p>
          </Once>
        </Dialog>
      )}
    </>
  );
}

function Password({ person }: Props) {
  const set = useForm(
    'users.password',
    { password: '' },
    {
      says: 'The password is set; whatever the former one opened has ended',
      touches: ['presence'],
      clears: true,
      given: body => ({ params: { id: person.id }, body }),
    },
  );
  return (
    <section className="panel">
      <h2>Password</h2>
      <div className="stack">
        <p>
          <ResetLink person={person} />
        </p>
        {person.id === boot.id ? (
          <p className="soft">Your own password is changed in your account, where you stay signed in.</p>
        ) : (
          <Form
            action="person.password-set"
            does="Set the password"
            of={set}
            isOff={!mayChange || set.values.password === ''}
          >
            <TextField
              label="Or a password that you hand over"
              action="person.password"
              type="password"
              autoComplete="new-password"
              isOff={!mayChange}
              {...set.text('password')}
            />
          </Form>
        )}
      </div>
    </section>
  );
}

function Ends({ person }: Props) {
  const [asked, setAsked] = useState<'shut' | 'remove'>();
  const [, go] = useLocation();
  const to = useTo();
  const close = () => setAsked(undefined);
  const status = useAct('users.status', {
    says: ({ is_active }) => (is_active ? 'The person may come in again' : 'The person is shut out'),
    touches: ['presence'],
    onDone: close,
  });
  const remove = useAct('users.remove', {
    says: `${person.username} is gone`,
    touches: ['presence', 'groups', 'keys', 'grants'],
    onDone: () => {
      forgetUnsaved(person.id);
      go(to('/admin/people'));
    },
  });
  const change = (is_active: boolean) => status.mutate({ params: { id: person.id }, body: { is_active } });
  if (!mayChange) return null;
  return (
    <section className="panel">
      <h2>The end of it</h2>
      <div className="row">
        {person.is_active ? (
          <Button action="person.shut-out" tone="danger" onClick={() => setAsked('shut')}>
            Shut out
          </Button>
        ) : (
          <Button action="person.let-in" isBusy={status.isPending} onClick={() => change(true)}>
            Let in again
          </Button>
        )}
        <Button action="person.remove" tone="danger" onClick={() => setAsked('remove')}>
          Remove
        </Button>
      </div>
      {asked === 'shut' && (
        <Confirm
          action="person.shut-out-send"
          title={`Shut ${person.username} out`}
          does="Shut out"
          isBusy={status.isPending}
          onDo={() => change(false)}
          onClose={close}
        >
          <p>
            Every sign-in ends at once, and nothing opens until the person is let in again. Keys stay, and
            open nothing meanwhile.
          </p>
        </Confirm>
      )}
      {asked === 'remove' && (
        <Confirm
          action="person.remove-send"
          title={`Remove ${person.username}`}
          does="Remove for good"
          isBusy={remove.isPending}
          onDo={() => remove.mutate({ params: { id: person.id } })}
          onClose={close}
        >
          <p>
            The account goes with its sign-ins, keys, rules, consents and accounts at servers. What the person
            did stays in the logs.
          </p>
        </Confirm>
      )}
    </section>
  );
}

/** Who the person is, by what they come in, and the end of it. */
export function Edit({ person }: Props) {
  return (
    <div className="two">
      <Profile person={person} />
      <div className="stack">
        <Password person={person} />
        <Ends person={person} />
      </div>
    </div>
  );
}
