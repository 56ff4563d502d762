import { Dialog } from '../../kit/dialog.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { filledIn, useForm } from '../../kit/forms/use-form.ts';
import { Choice } from '../../kit/parts.tsx';
import { GroupBoxes, ROLES, type Role } from './group-boxes.tsx';

const NOTHING = {
  ...{ username: '', full_name: '', email: '', password: '' },
  role: 'user' as Role,
  groups: [] as readonly string[],
};

/** An account, with a password that is handed over, or without one. */
export function AddPerson({ onClose }: { readonly onClose: () => void }) {
  const add = useForm('users.create', NOTHING, {
    says: ({ username }) => `${username} is added`,
    touches: ['presence', 'groups'],
    onDone: onClose,
    given: ({ username, role, groups, full_name, email, password }) => ({
      body: { username, role, groups: [...groups], ...filledIn({ full_name, email, password }) },
    }),
  });
  return (
    <Dialog title="Add a person" onClose={onClose}>
      <Form action="people.add-send" does="Add" of={add} onClose={onClose}>
        <TextField label="User name" action="people.add-name" {...add.text('username')} />
        <TextField label="Full name" action="people.add-full-name" {...add.text('full_name')} />
        <TextField label="E-mail address" action="people.add-email" {...add.text('email')} />
        <TextField
          label="Password"
          hint="Left empty, nobody signs in by one: a program, which has keys, or a person who gets a link."
          action="people.add-password"
          type="password"
          autoComplete="new-password"
          {...add.text('password')}
        />
        <div className="field">
          <Choice label="Role" action="people.add-role" options={ROLES} {...add.choice('role')} />
        </div>
        <GroupBoxes
          action="people.add-group"
          chosen={add.values.groups}
          onChange={groups => add.set({ groups })}
        />
      </Form>
    </Dialog>
  );
}
