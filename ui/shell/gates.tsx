import { useEffect, useState } from 'react';
import { boot } from '../api/boot.ts';
import { call, Refused, setFormToken, setGates } from '../api/client.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Field } from '../kit/field.tsx';

type Asked = { readonly of: 'signIn' | 'password'; readonly answer: (isDone: boolean) => void };

/** The sign-in ended while a page was open: it waits here, with everything that was typed, until the person is back. */
function SignInAgain({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const [says, setSays] = useState('');
  const look = async () => {
    try {
      const me = await call('account.me');
      if (me.id !== boot.id)
        return setSays(
          `This browser is signed in as ${me.name} now. Load the page again to go on as ${me.name}.`,
        );
      setFormToken(me.csrf_token);
      onDone();
    } catch (thrown) {
      setSays(
        thrown instanceof Refused && thrown.status === 401
          ? 'Not signed in yet.'
          : 'The gateway cannot be reached.',
      );
    }
  };
  useEffect(() => {
    const onFocus = () => void look();
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  });
  return (
    <Dialog title="Your sign-in has ended" onClose={onClose}>
      <p>
        What you typed is still here, and nothing was sent. Sign in again in another tab as {boot.name}, then
        come back.
      </p>
      {says && <p role="status">{says}</p>}
      <div className="row end">
        <Button action="signin.look" onClick={() => void look()}>
          I am signed in
        </Button>
        <a className="button main" data-action="signin.again" href="/login" target="_blank" rel="noopener">
          Sign in
        </a>
      </div>
    </Dialog>
  );
}

/** Some changes need a password that was given within five minutes. */
function PasswordAgain({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      await call('account.password-check', { body: { password } });
      onDone();
    } catch (thrown) {
      setWrong(thrown instanceof Error ? thrown.message : String(thrown));
    }
    setBusy(false);
  };
  return (
    <Dialog title="Your password, please" onClose={onClose}>
      <p>This changes who reaches what. It is asked for once in five minutes.</p>
      <form
        onSubmit={event => {
          event.preventDefault();
          void check();
        }}
      >
        <input type="text" name="username" autoComplete="username" value={boot.name} readOnly hidden />
        <Field label={`Password of ${boot.name}`} wrong={wrong}>
          <input
            type="password"
            data-action="password.type"
            autoComplete="current-password"
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </Field>
        <div className="row end">
          <Button action="password.check" tone="main" isSubmit isBusy={isBusy}>
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Asks for what a request lacks; requests that come meanwhile wait for the same answer. */
export function Gates() {
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    let waiting: Promise<boolean> | undefined;
    const ask = (of: Asked['of']) => {
      waiting ??= new Promise<boolean>(answer => setAsked({ of, answer })).finally(() => {
        waiting = undefined;
      });
      return waiting;
    };
    setGates({ signIn: () => ask('signIn'), password: () => ask('password') });
  }, []);
  if (!asked) return null;
  const end = (isDone: boolean) => {
    setAsked(undefined);
    asked.answer(isDone);
  };
  const Gate = asked.of === 'signIn' ? SignInAgain : PasswordAgain;
  return <Gate onDone={() => end(true)} onClose={() => end(false)} />;
}
