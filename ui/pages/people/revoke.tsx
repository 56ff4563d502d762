import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { ms, plural } from '../../kit/figures.ts';
import { Problem } from '../../kit/forms/field.tsx';
import { Check } from '../../kit/forms/form.tsx';
import { Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';

type Person = Answer<'users.list'>[number];
type Ended = Answer<'users.revoke'>['ended'];

function Dies({ held }: { readonly held: Answer<'users.holdings'> }) {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    [plural(held.sessions.length, 'browser session'), held.sessions.map(({ address }) => address ?? '')],
    [plural(held.programs.length, 'program'), held.programs.map(({ name }) => name)],
    [plural(held.keys.length, 'API key'), held.keys.map(({ name }) => name)],
    [`${plural(held.accounts.length, 'account')} at servers`, held.accounts.map(({ server }) => server)],
    [`${plural(held.logins, 'sign-in')} by the older login`, []],
  ];
  const some = lines.filter(([text]) => !text.startsWith('0 '));
  if (some.length === 0) return <p>Nothing is signed in now, and no key is left.</p>;
  return (
    <ul className="dies">
      {some.map(([text, names]) => (
        <li key={text}>
          {text}
          {names.length > 0 && (
            <span className="soft">
              : <Name>{names.slice(0, 12).join(', ')}</Name>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

const SAID: readonly (readonly [keyof Ended, string, string])[] = [
  ['sessions', 'browser session', 'browser sessions'],
  ['sign_ins', 'sign-in of a program', 'sign-ins of programs'],
  ['consents', 'consent', 'consents'],
  ['keys', 'API key', 'API keys'],
  ['logins', 'sign-in by the older login', 'sign-ins by the older login'],
  ['links', 'link that waited', 'links that waited'],
  ['accounts', 'account at a server', 'accounts at servers'],
];

function Died({
  done,
  person,
  onClose,
}: {
  done: Answer<'users.revoke'>;
  person: Person;
  onClose: () => void;
}) {
  return (
    <Dialog title={`${person.username} is signed out everywhere`} onClose={onClose}>
      <p role="status">
        It took {ms(done.took_ms)} until nothing of it was accepted any more.{' '}
        {done.is_active ? 'The password still opens.' : 'Nobody comes in as this person.'}
      </p>
      <ul className="plain dies">
        {SAID.map(([part, one, many]) => (
          <li key={part}>
            <State level={done.ended[part] > 0 ? 'ok' : 'off'}>{plural(done.ended[part], one, many)}</State>
          </li>
        ))}
      </ul>
      {done.stays.map(text => (
        <p key={text} className="problem">
          {text}
        </p>
      ))}
      <div className="row end">
        <Button action="person.revoke-done" tone="main" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

/** The end of everything that a person is signed in by: first what it is, then what it was. */
export function Revoke({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const [isShut, setShut] = useState(false);
  const held = useRead('users.holdings', { params: { id: person.id } });
  const revoke = useAct('users.revoke', { touches: ['presence', 'keys', 'consents'], isQuiet: true });
  if (revoke.data) return <Died done={revoke.data} person={person} onClose={onClose} />;
  return (
    <Confirm
      title={`Sign ${person.username} out everywhere`}
      action="person.revoke-send"
      does="Sign out and revoke"
      isBusy={revoke.isPending}
      onDo={() => revoke.mutate({ params: { id: person.id }, body: { disable: isShut } })}
      onClose={onClose}
    >
      <p>At once, and not to be taken back:</p>
      <Read of={held}>{data => <Dies held={data} />}</Read>
      <Check
        action="person.revoke-shut"
        label="Shut the person out as well, so that the password opens nothing"
        isOn={isShut}
        onChange={setShut}
      />
      <Problem refused={revoke.error} />
    </Confirm>
  );
}
