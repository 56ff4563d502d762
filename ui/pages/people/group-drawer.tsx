import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { plural } from '../../kit/figures.ts';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { orNull, useForm } from '../../kit/forms/use-form.ts';
import { forgetUnsaved } from '../../kit/leaving/unsaved.ts';
import { About } from '../../kit/leaving/use-unsaved.ts';
import { Choice, Name } from '../../kit/parts.tsx';
import { GoneMeanwhile } from '../../shell/gone.tsx';
import { useTo } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';

type Group = Answer<'groups.list'>[number];

function Members({ group }: { readonly group: Group }) {
  const [chosen, setChosen] = useState('');
  const people = useRead('users.list', { query: {} }).data ?? [];
  const to = useTo();
  const touches = ['users', 'presence', 'grants'];
  const join = useAct('groups.add-member', { touches, onDone: () => setChosen('') });
  const leave = useAct('groups.remove-member', { touches });
  const others = people.filter(({ id }) => !group.members.some(one => one.id === id));
  return (
    <section>
      <h3>{plural(group.members.length, 'member')}</h3>
      <ul className="plain lines">
        {group.members.map(({ id, username }) => (
          <li key={id} className="row apart">
            <Go action="groups.person" to={to(`/admin/people/${id}`)}>
              <Name>{username}</Name>
            </Go>
            {mayChange && (
              <Button
                action="groups.leave"
                tone="link"
                label={`Take ${username} out`}
                onClick={() => leave.mutate({ params: { id: group.id, user: id } })}
              >
                Take out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayChange && others.length > 0 && (
        <div className="row">
          <Choice
            label="Person to put in"
            action="groups.person-choose"
            now={chosen}
            options={[['', 'Somebody else'], ...others.map(({ id, username }) => [id, username] as const)]}
            onChoose={setChosen}
          />
          <Button
            action="groups.join"
            isOff={chosen === ''}
            isBusy={join.isPending}
            onClick={() => join.mutate({ params: { id: group.id, user: chosen } })}
          >
            Put in
          </Button>
        </div>
      )}
    </section>
  );
}

function EditGroup({ group }: { readonly group: Group }) {
  const edit = useForm(
    'groups.update',
    { name: group.name, description: group.description ?? '' },
    {
      edits: 'some',
      says: 'The group is changed',
      touches: ['users', 'grants'],
      given: ({ name, description }) => ({
        params: { id: group.id },
        body: { name, description: orNull(description) },
      }),
    },
  );
  return (
    <Form action="groups.save" does="Save" of={edit} isOff={!edit.isChanged}>
      <TextField
        label="Name"
        hint="Grants of the configuration file go by the name."
        action="groups.name"
        {...edit.text('name')}
      />
      <TextField label="What it is for" action="groups.description" {...edit.text('description')} />
    </Form>
  );
}

/** One group: who is in it, what it is called, and its end. */
export function GroupDrawer({
  group,
  isGone,
  onClose,
}: {
  readonly group: Group;
  readonly isGone: boolean;
  readonly onClose: () => void;
}) {
  const [isEnding, setEnding] = useState(false);
  useTitle(group.name, 'drawer');
  const to = useTo();
  const remove = useAct('groups.remove', {
    says: `${group.name} is gone`,
    touches: ['users', 'grants'],
    onDone: () => {
      forgetUnsaved(group.id);
      onClose();
    },
  });
  return (
    <Dialog title={group.name} shape="drawer" onClose={onClose}>
      {isGone && <GoneMeanwhile what="group" />}
      <p>
        <Go action="groups.access" to={to('/admin/access', { who: group.name })}>
          What it may use
        </Go>
      </p>
      <Members group={group} />
      {mayChange && (
        <>
          <About value={group.id}>
            <EditGroup group={group} />
          </About>
          <div>
            <Button action="groups.remove" tone="danger" onClick={() => setEnding(true)}>
              Remove this group
            </Button>
          </div>
        </>
      )}
      {isEnding && (
        <Confirm
          action="groups.remove-send"
          title={`Remove ${group.name}`}
          does="Remove"
          isBusy={remove.isPending}
          onDo={() => remove.mutate({ params: { id: group.id } })}
          onClose={() => setEnding(false)}
        >
          <p>
            {plural(group.members.length, 'member')} lose what the group gave them, at once, and the rules
            about the group end.
          </p>
        </Confirm>
      )}
    </Dialog>
  );
}
