import { boot, mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { Problem } from '../../kit/forms/field.tsx';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { useTo } from '../../shell/place.ts';
import { ROLES } from '../people/group-boxes.tsx';
import { Limit } from './limit.tsx';
import type { Person } from './person.tsx';

type Permission = Answer<'users.mcp-permissions'>[number];

const CHOICES = [
  ['', 'As the rules say'],
  ['true', 'Always'],
  ['false', 'Never'],
] as const;

function Servers({ person }: { readonly person: Person }) {
  const to = useTo();
  const permissions = useRead('users.mcp-permissions', { params: { id: person.id } });
  const set = useAct('users.set-mcp-permission', { touches: ['grants'] });
  const subject = `user:${person.username}`;
  const choice = ({ source, can_access }: Permission) => (source === 'default' ? '' : String(can_access));
  const columns: readonly Column<Permission>[] = [
    {
      ...{ title: 'Server', width: '1.4fr' },
      cell: ({ server_id }) => (
        <Go action="person.server" to={to(`/admin/servers/${server_id}`)}>
          <Name>{server_id}</Name>
        </Go>
      ),
    },
    {
      ...{ title: 'Reaches it', width: '5rem' },
      cell: ({ can_access }) => <State level={can_access ? 'ok' : 'off'}>{can_access ? 'yes' : 'no'}</State>,
    },
    {
      ...{ title: 'By a rule for this person', width: '11rem', small: '10rem' },
      cell: one =>
        mayChange ? (
          <Choice
            label={`Whole server ${one.server_id}`}
            action="person.permission"
            options={CHOICES}
            now={choice(one) as '' | 'true' | 'false'}
            onChoose={value =>
              set.mutate({
                params: { id: person.id },
                body: { server_id: one.server_id, can_access: value === '' ? null : value === 'true' },
              })
            }
          />
        ) : one.source === 'default' ? (
          'as the rules say'
        ) : (
          'yes'
        ),
    },
    {
      ...{ title: 'Why', width: '5rem', isExtra: true },
      cell: ({ server_id }) => (
        <Go action="person.why" to={to('/admin/access', { subject, server: server_id })}>
          Rules
        </Go>
      ),
    },
  ];
  return (
    <Read of={permissions}>
      {all =>
        all.length === 0 ? (
          <Empty title="There is no server yet" />
        ) : (
          <Table name="permissions" columns={columns} rows={all} keyOf={({ server_id }) => server_id} />
        )
      }
    </Read>
  );
}

function Groups({ person }: { readonly person: Person }) {
  const to = useTo();
  const groups = useRead('groups.list', {}).data ?? [];
  const touches = ['users', 'presence'];
  const join = useAct('groups.add-member', { touches });
  const leave = useAct('groups.remove-member', { touches });
  const isIn = (name: string) => person.groups.includes(name);
  return (
    <section className="panel">
      <h2>Groups</h2>
      {groups.length === 0 && (
        <p className="soft">
          There is no group yet.{' '}
          <Go action="person.groups" to={to('/admin/people', { tab: 'groups' })}>
            Groups
          </Go>
        </p>
      )}
      <div className="boxes">
        {groups.map(({ id, name }) => (
          <label key={id} className="check">
            <input
              type="checkbox"
              data-action="person.group"
              checked={isIn(name)}
              disabled={!mayChange}
              onChange={() => (isIn(name) ? leave : join).mutate({ params: { id, user: person.id } })}
            />
            <Name>{name}</Name>
          </label>
        ))}
      </div>
    </section>
  );
}

function Role({ person }: { readonly person: Person }) {
  const role = useAct('users.role', { says: 'The role is changed', isQuiet: true });
  return (
    <section className="panel">
      <h2>Role</h2>
      <div className="stack">
        {mayChange ? (
          <Choice
            label="Role"
            action="person.role"
            options={ROLES}
            now={person.role}
            onChoose={next => role.mutate({ params: { id: person.id }, body: { role: next } })}
          />
        ) : (
          <p>{person.role}</p>
        )}
        <p className="hint">
          {person.id === boot.id ? 'This is you. ' : ''}Whatever the person is signed in by ends with a change
          of the role.
        </p>
        <Problem refused={role.error} />
      </div>
    </section>
  );
}

/** Servers, groups, role and limits of a person. */
export function Can({ person }: { readonly person: Person }) {
  const to = useTo();
  return (
    <div className="stack">
      <p className="row">
        <Go
          className="button quiet"
          action="person.explain"
          to={to('/admin/access', { user: person.username })}
        >
          Explain a tool
        </Go>
        <Go
          className="button quiet"
          action="person.catalogue"
          to={to('/admin/access', { tab: 'catalogue', as: person.username })}
        >
          See the catalogue as {person.username}
        </Go>
      </p>
      <Servers person={person} />
      <div className="two">
        <Groups person={person} />
        <Role person={person} />
      </div>
      <Limit subject={`user:${person.username}`} />
    </div>
  );
}
