import { Component, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '../kit/button.tsx';
import { isBack } from './connection.ts';
import { fetchPageAt, NotFetched } from './pages.ts';

type FailedProps = {
  readonly thrown: unknown;
  readonly path: string;
  readonly isLost: boolean;
  readonly onAgain: () => void;
};

/** Instead of a page that is not there: it is tried again when asked, and when the connection is back. */
function Failed({ thrown, path, isLost, onAgain }: FailedProps) {
  const isUnfetched = thrown instanceof NotFetched;
  const [isBusy, setBusy] = useState(false);
  const [isGone, setGone] = useState(false);
  const again = async () => {
    setBusy(true);
    try {
      await fetchPageAt(path);
      onAgain();
    } catch {
      // The gateway answers, and this part of the page is not there: it may be of another version.
      setGone(await isBack());
      setBusy(false);
    }
  };
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    if (!isUnfetched) return;
    if (!isLost) void latest.current();
    const onOnline = () => void latest.current();
    window.addEventListener('online', onOnline);
    return () => window.removeEventListener('online', onOnline);
  }, [isUnfetched, isLost]);
  return (
    <div className="problem stack" role="alert">
      <h1>{isUnfetched ? 'This page could not be fetched' : 'This page failed'}</h1>
      {isUnfetched ? (
        <p>
          {isGone
            ? 'The gateway answers, but this part of it is not there: it may have been upgraded meanwhile.'
            : 'It is tried again when the connection is back.'}
        </p>
      ) : (
        <p>{thrown instanceof Error ? thrown.message : String(thrown)}</p>
      )}
      <div className="row">
        <Button action="page.again" isBusy={isBusy} onClick={() => void again()}>
          Try again
        </Button>
        {(isGone || !isUnfetched) && (
          <Button action="page.load-anew" tone="main" onClick={() => location.reload()}>
            Load anew
          </Button>
        )}
      </div>
    </div>
  );
}

type Props = { readonly path: string; readonly isLost: boolean; readonly children: ReactNode };
type Caught = { readonly caught: { readonly thrown: unknown } | undefined };

/** Keeps what fails in a page from taking the frame with it; another page is another try. */
export class Boundary extends Component<Props, Caught> {
  override state: Caught = { caught: undefined };

  static getDerivedStateFromError(thrown: unknown): Caught {
    return { caught: { thrown } };
  }

  override componentDidUpdate(before: Props): void {
    if (before.path !== this.props.path && this.state.caught) this.setState({ caught: undefined });
  }

  override render(): ReactNode {
    const { caught } = this.state;
    if (!caught) return this.props.children;
    const { path, isLost } = this.props;
    const onAgain = () => this.setState({ caught: undefined });
    return <Failed key={path} thrown={caught.thrown} path={path} isLost={isLost} onAgain={onAgain} />;
  }
}
