import { useEffect, useState } from 'react';
import { boot } from '../api/boot.ts';
import { call, otherIn, Refused, setFormToken, setGates } from '../api/client.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Field } from '../kit/forms/field.tsx';
import { Name } from '../kit/parts.tsx';

type Asked = {
  /** Who is signed in instead. */
  readonly other?: string | undefined;
  readonly answer: (isDone: boolean) => void;
};
type GateProps = {
  readonly other: string | undefined;
  readonly onDone: () => void;
  readonly onClose: () => void;
};

/** What the page is, and what happens to what was typed in it. */
function Why({ other }: { readonly other: string | undefined }) {
  if (other === undefined)
    return (
      <p>
        What you typed is still here, and nothing was sent. Sign in again in another tab as {boot.name}, then
        come back.
      </p>
    );
  return (
    <p>
      Somebody signed in as <Name>{other}</Name> in another tab, and this page is of {boot.name}. What you
      typed is still here, and is not sent as <Name>{other}</Name>. Sign in as {boot.name} again in another
      tab and come back, or load the page as <Name>{other}</Name>; what you typed is lost then.
    </p>
  );
}

/** The sign-in ended while a page was open: it waits here, with everything that was typed, until the person is back. */
function SignInAgain({ other: first, onDone, onClose }: GateProps) {
  const [says, setSays] = useState('');
  const [other, setOther] = useState(first);
  const look = async () => {
    try {
      const me = await call('account.me');
      if (me.id !== boot.id) {
        setOther(me.name);
        return setSays(`This browser is still signed in as ${me.name}.`);
      }
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
    <Dialog
      title={other === undefined ? 'Your sign-in has ended' : 'Somebody else is signed in now'}
      onClose={onClose}
    >
      <Why other={other} />
      {says && <p role="status">{says}</p>}
      <div className="row end">
        <Button action="signin.look" onClick={() => void look()}>
          I am signed in
        </Button>
        {other !== undefined && (
          <Button action="signin.load" tone="danger" onClick={() => location.reload()}>
            Load the page as <Name>{other}</Name>
          </Button>
        )}
        <a className="button main" data-action="signin.again" href="/login" target="_blank" rel="noopener">
          Sign in
        </a>
      </div>
    </Dialog>
  );
}

/** Some changes need a password that was given within five minutes. */
function PasswordAgain({ onDone, onClose }: GateProps) {
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

type Kind = 'signIn' | 'password';
type Waiting = Readonly<Partial<Record<Kind, Promise<boolean>>>>;

/**
 * Asks for what a request lacks; requests that come meanwhile wait for the same answer. The sign-in comes first: it
 * stands above the password, which can only be checked with it, and while it is asked for nothing else is.
 */
export function Gates() {
  const [asked, setAsked] = useState<Readonly<Partial<Record<Kind, Asked>>>>({});
  useEffect(() => {
    let waiting: Waiting = {};
    const ask = (of: Kind, other?: string) => {
      const before = waiting.signIn ?? waiting[of];
      if (before) return before;
      const answered = new Promise<boolean>(answer =>
        setAsked(all => ({ ...all, [of]: { other, answer } })),
      ).finally(() => {
        waiting = { ...waiting, [of]: undefined };
        setAsked(all => ({ ...all, [of]: undefined }));
      });
      waiting = { ...waiting, [of]: answered };
      return answered;
    };
    setGates({ signIn: other => ask('signIn', other), password: () => ask('password') });
    // What is read would come silently, and be another person's.
    const look = async () => {
      const other = document.visibilityState === 'hidden' ? undefined : await otherIn();
      if (other !== undefined) void ask('signIn', other);
    };
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  const of = ({ other, answer }: Asked): GateProps => ({
    other,
    onDone: () => answer(true),
    onClose: () => answer(false),
  });
  return (
    <>
      {asked.password && <PasswordAgain {...of(asked.password)} />}
      {asked.signIn && <SignInAgain {...of(asked.signIn)} />}
    </>
  );
}
