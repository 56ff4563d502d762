import { useState } from 'react';
import { useAct } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Problem, wrongOf } from '../../kit/field.tsx';
import { Form, Once, TextField } from '../../kit/form.tsx';
import { Choice } from '../../kit/parts.tsx';
import { Ago } from '../../kit/time.tsx';
import { GroupBoxes, ROLES, type Role } from './group-boxes.tsx';

/** A link by which somebody makes an account of their own. */
export function Invite({ onClose }: { readonly onClose: () => void }) {
  const [note, setNote] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('user');
  const [groups, setGroups] = useState<readonly string[]>([]);
  const invite = useAct('invites.create', { isQuiet: true });
  const wrong = (field: string) => wrongOf(invite.error, field);
  const send = () =>
    invite.mutate({
      body: { role, groups, ...(note !== '' && { note }), ...(email !== '' && { email }) },
    });
  if (invite.data)
    return (
      <Dialog title="The link is made" onClose={onClose}>
        <Once
          says="Whoever opens it chooses a name and a password, once."
          text={invite.data.url}
          action="people.invite-copy"
        >
          <p className="soft">
            It ends <Ago at={invite.data.expires_at} />. Until then it can be taken back under Clients, Links.
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
      <Form
        action="people.invite-send"
        does="Make the link"
        isBusy={invite.isPending}
        onSend={send}
        onClose={onClose}
      >
        <TextField
          label="For whom"
          hint="In your own words; it stands beside the link until it is used."
          action="people.invite-note"
          value={note}
          onChange={setNote}
          wrong={wrong('note')}
        />
        <TextField
          label="E-mail address"
          action="people.invite-email"
          value={email}
          onChange={setEmail}
          wrong={wrong('email')}
        />
        <div className="field">
          <Choice label="Role" action="people.invite-role" options={ROLES} now={role} onChoose={setRole} />
        </div>
        <GroupBoxes action="people.invite-group" chosen={groups} onChange={setGroups} />
        <Problem refused={invite.error} fields={['note', 'email']} />
      </Form>
    </Dialog>
  );
}
