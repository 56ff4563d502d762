import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Confirm } from '../../kit/dialog.tsx';
import { plural } from '../../kit/figures.ts';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Name, Read, Snippet } from '../../kit/parts.tsx';
import { Ago } from '../../kit/time.tsx';

type Key = Answer<'account.keys'>[number];

/** Keys for programs without a browser; each is shown once. */
export function Keys() {
  const [ending, setEnding] = useState<Key>();
  const read = useRead('account.keys', {});
  const make = useForm(
    'account.create-key',
    { name: '' },
    { clears: true, given: ({ name }) => ({ body: { name } }) },
  );
  const revoke = useAct('account.revoke-key', {
    says: 'The key has ended.',
    onDone: () => setEnding(undefined),
  });
  return (
    <section className="panel stack" aria-label="API keys">
      <h2>API keys</h2>
      <Read of={read}>
        {keys => (
          <ul className="plain timeline">
            {keys.map(key => (
              <li key={key.id} className="row apart">
                <span>
                  <Name>{key.name}</Name> <code>{key.hint}</code>{' '}
                  <span className="soft">
                    {key.last_used_at === null ? (
                      'never used'
                    ) : (
                      <>
                        used <Ago at={key.last_used_at} />
                      </>
                    )}
                    {key.expires_at !== null && (
                      <>
                        , ends <Ago at={key.expires_at} />
                      </>
                    )}
                  </span>
                </span>
                <Button action="key.revoke-ask" label={`End ${key.name}`} onClick={() => setEnding(key)}>
                  End
                </Button>
              </li>
            ))}
            {keys.length === 0 && (
              <li className="soft">For programs that cannot open a browser. You have none.</li>
            )}
          </ul>
        )}
      </Read>
      {make.done !== undefined && (
        <div role="status">
          <p>This is the key. It is shown this once.</p>
          <Snippet text={make.done.key} action="key.copy" />
        </div>
      )}
      <Form action="key.make" does="Make a key" tone="quiet" of={make} isOff={make.values.name.trim() === ''}>
        <TextField
          label="Name of a new key"
          hint="Such as the program and the machine: laptop, backup job."
          action="key.name"
          {...make.text('name')}
        />
      </Form>
      {ending && (
        <Confirm
          action="key.revoke"
          title={`End the key ${ending.name}?`}
          does="End it"
          isBusy={revoke.isPending}
          onDo={() => revoke.mutate({ params: { id: ending.id } })}
          onClose={() => setEnding(undefined)}
        >
          <p>Programs that use it are refused from the next request on.</p>
        </Confirm>
      )}
    </section>
  );
}

/** Programs that were let in by the browser. */
export function Apps() {
  const read = useRead('account.consents', {}, { everyMs: 15_000 });
  const withdraw = useAct('account.withdraw-consent', {
    says: 'It is signed out, and asks again when it comes back.',
  });
  return (
    <section className="panel stack" aria-label="Apps you allowed">
      <h2>Apps you allowed</h2>
      <Read of={read}>
        {apps => (
          <ul className="plain timeline">
            {apps.map(({ client_id, name, since, used_at, redirect_uris }) => (
              <li key={client_id} className="row apart">
                <span>
                  <Name>{name}</Name>{' '}
                  <span className="soft">
                    goes to {[...new Set(redirect_uris.map(uri => URL.parse(uri)?.host || uri))].join(', ')}
                    {'; '}since <Ago at={since} />, used <Ago at={used_at} />
                  </span>
                </span>
                <Button
                  action="app.withdraw"
                  label={`Sign out ${name}`}
                  onClick={() => withdraw.mutate({ query: { client_id } })}
                >
                  Sign out
                </Button>
              </li>
            ))}
            {apps.length === 0 && <li className="soft">No program uses this gateway as you yet.</li>}
          </ul>
        )}
      </Read>
    </section>
  );
}

/** The browsers in which one is signed in. */
export function SignIns() {
  const read = useRead('account.sessions', {});
  const end = useAct('account.end-session', { says: 'That browser is signed out.' });
  const endAll = useAct('account.end-sessions', {
    says: ({ ended }) => `${plural(ended, 'browser')} signed out.`,
  });
  return (
    <section className="panel stack" aria-label="Where you are signed in">
      <h2>Where you are signed in</h2>
      <Read of={read}>
        {sessions => (
          <>
            <ul className="plain timeline">
              {sessions.map(({ id, address, user_agent, last_seen_at, is_current }) => (
                <li key={id} className="row apart">
                  <span>
                    <Name>{user_agent ?? 'a browser'}</Name>{' '}
                    <span className="soft">
                      {address}, <Ago at={last_seen_at} />
                    </span>
                  </span>
                  {is_current ? (
                    <span className="chip">this one</span>
                  ) : (
                    <Button action="session.end" onClick={() => end.mutate({ params: { id } })}>
                      Sign out
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            {sessions.length > 1 && (
              <Button action="session.end-others" isBusy={endAll.isPending} onClick={() => endAll.mutate({})}>
                Sign out of all others
              </Button>
            )}
          </>
        )}
      </Read>
    </section>
  );
}

/** Another password: everything else that is signed in by the old one ends. */
export function Password() {
  const change = useForm(
    'account.password',
    { current_password: '', password: '' },
    {
      says: 'It is changed. Everything else that was signed in has ended.',
      clears: true,
      given: body => ({ body }),
      // This browser has a new session, whose token later changes must carry.
      onDone: () => location.reload(),
    },
  );
  const { current_password: current, password: next } = change.values;
  return (
    <section className="panel" aria-label="Password">
      <h2>Password</h2>
      <Form
        action="own-password.change"
        does="Change it"
        tone="quiet"
        of={change}
        isOff={current === '' || next === ''}
      >
        <TextField
          label="The one you have"
          type="password"
          autoComplete="current-password"
          action="own-password.current"
          {...change.text('current_password')}
        />
        <TextField
          label="The new one"
          type="password"
          autoComplete="new-password"
          action="own-password.next"
          {...change.text('password')}
        />
      </Form>
    </section>
  );
}
