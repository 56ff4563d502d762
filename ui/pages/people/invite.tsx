import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Form, Once, TextField } from '../../kit/forms/form.tsx';
import { filledIn, useForm } from '../../kit/forms/use-form.ts';
import { Choice } from '../../kit/parts.tsx';
import { Ago } from '../../kit/time.tsx';
import { GroupBoxes, ROLES, type Role } from './group-boxes.tsx';

const NOTHING = { note: '', email: '', role: 'user' as Role, groups: [] as readonly string[] };

/** A link by which somebody makes an account of their own. */
export function Invite({ onClose }: { readonly onClose: () => void }) {
  const invite = useForm('invites.create', NOTHING, {
    given: ({ note, email, role, groups }) => ({
      body: { role, groups: [...groups], ...filledIn({ note, email }) },
    }),
  });
  if (invite.done)
    return (
      <Dialog title="The link is made" onClose={onClose}>
        <Once
          says="Whoever opens it chooses a name and a password, once."
          text={invite.done.url}
          action="people.invite-copy"
        >
          <p className="soft">
            It ends <Ago at={invite.done.expires_at} />. Until then it can be taken back under Clients, Links.
          </p>
        </Once>
        <div className="row end">
          <Button action="people.invite-done" tone="main" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="Invite by link" onClose={onClose}>
      <Form action="people.invite-send" does="Make the link" of={invite} onClose={onClose}>
        <TextField
          label="For whom"
          hint="In your own words; it stands beside the link until it is used."
          action="people.invite-note"
          {...invite.text('note')}
        />
        <TextField label="E-mail address" action="people.invite-email" {...invite.text('email')} />
        <div className="field">
          <Choice label="Role" action="people.invite-role" options={ROLES} {...invite.choice('role')} />
        </div>
        <GroupBoxes
          action="people.invite-group"
          chosen={invite.values.groups}
          onChange={groups => invite.set({ groups })}
        />
      </Form>
    </Dialog>
  );
}
