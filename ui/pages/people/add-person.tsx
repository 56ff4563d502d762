import { useState } from 'react';
import { useAct } from '../../api/use.ts';
import { Dialog } from '../../kit/dialog.tsx';
import { Problem, wrongOf } from '../../kit/field.tsx';
import { Form, TextField } from '../../kit/form.tsx';
import { Choice } from '../../kit/parts.tsx';
import { GroupBoxes, ROLES, type Role } from './group-boxes.tsx';

const FIELDS = ['username', 'full_name', 'email', 'password'] as const;
const NOTHING = { username: '', full_name: '', email: '', password: '' };

/** An account, with a password that is handed over, or without one. */
export function AddPerson({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(NOTHING);
  const [role, setRole] = useState<Role>('user');
  const [groups, setGroups] = useState<readonly string[]>([]);
  const add = useAct('users.create', {
    says: ({ username }) => `${username} is added`,
    touches: ['presence', 'groups'],
    isQuiet: true,
    onDone: onClose,
  });
  const set = (field: keyof typeof NOTHING) => (value: string) => setDraft({ ...draft, [field]: value });
  const wrong = (field: string) => wrongOf(add.error, field);
  const send = () =>
    add.mutate({
      body: {
        ...{ username: draft.username, role, groups },
        ...(draft.full_name !== '' && { full_name: draft.full_name }),
        ...(draft.email !== '' && { email: draft.email }),
        ...(draft.password !== '' && { password: draft.password }),
      },
    });
  return (
    <Dialog title="Add a person" onClose={onClose}>
      <Form action="people.add-send" does="Add" isBusy={add.isPending} onSend={send} onClose={onClose}>
        <TextField
          label="User name"
          action="people.add-name"
          value={draft.username}
          onChange={set('username')}
          wrong={wrong('username')}
        />
        <TextField
          label="Full name"
          action="people.add-full-name"
          value={draft.full_name}
          onChange={set('full_name')}
          wrong={wrong('full_name')}
        />
        <TextField
          label="E-mail address"
          action="people.add-email"
          value={draft.email}
          onChange={set('email')}
          wrong={wrong('email')}
        />
        <TextField
          label="Password"
          hint="Left empty, nobody signs in by one: a program, which has keys, or a person who gets a link."
          action="people.add-password"
          type="password"
          autoComplete="new-password"
          value={draft.password}
          onChange={set('password')}
          wrong={wrong('password')}
        />
        <div className="field">
          <Choice label="Role" action="people.add-role" options={ROLES} now={role} onChoose={setRole} />
        </div>
        <GroupBoxes action="people.add-group" chosen={groups} onChange={setGroups} />
        <Problem refused={add.error} fields={FIELDS} />
      </Form>
    </Dialog>
  );
}
