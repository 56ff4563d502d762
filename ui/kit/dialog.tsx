import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import { isBehindDialog, isTyping } from './keys/free.ts';
import { useLeave, Within } from './leaving/use-unsaved.ts';

type DialogProps = {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** A drawer stands at the side and leaves the list in sight. */
  readonly shape?: 'middle' | 'drawer';
  readonly isWide?: boolean;
};

const FIELDS = '.dialog-body :is(input:not([hidden]), textarea, select)';

/** A drawer leaves the page its keys: Escape closes it from there as well, and the focus goes back to where it was last. */
function watchPage(dialog: HTMLDialogElement, onFocus: (at: HTMLElement) => void, onEscape: () => void) {
  const focused = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && !dialog.contains(target)) onFocus(target);
  };
  const pressed = (event: KeyboardEvent) => {
    const { target, key, defaultPrevented } = event;
    if (key !== 'Escape' || defaultPrevented || isBehindDialog(dialog)) return;
    if (!dialog.contains(target as Node) && isTyping(target)) return;
    event.preventDefault();
    onEscape();
  };
  document.addEventListener('focusin', focused);
  window.addEventListener('keydown', pressed);
  return () => {
    document.removeEventListener('focusin', focused);
    window.removeEventListener('keydown', pressed);
  };
}

/** The browser's own dialog: it keeps the focus, closes by Escape, and gives the focus back (ARIA, dialog pattern). */
export function Dialog({ title, children, onClose: end, shape = 'middle', isWide = false }: DialogProps) {
  // What is typed in it is asked about before it closes.
  const within = useRef({}).current;
  const onClose = useLeave(end, within);
  const place = useRef<HTMLDialogElement>(null);
  const id = useId();
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const dialog = place.current;
    if (!dialog) return;
    let before = document.activeElement;
    if (shape === 'drawer') dialog.show();
    else dialog.showModal();
    // What is to be filled in comes first, not the button that closes; but who goes through a list goes on through it.
    if (shape !== 'drawer' || !before?.matches('[role=row]'))
      dialog.querySelector<HTMLElement>(FIELDS)?.focus();
    const unwatch =
      shape === 'drawer' &&
      watchPage(
        dialog,
        at => {
          before = at;
        },
        () => latest.current(),
      );
    return () => {
      if (unwatch) unwatch();
      // Who is elsewhere already is left there.
      const isElsewhere = shape === 'drawer' && document.activeElement?.matches('[role=row]');
      dialog.close();
      if (!isElsewhere && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [shape]);
  return (
    <dialog
      ref={place}
      className={`dialog ${shape}${isWide ? ' wide' : ''}`}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <Button action="dialog.close" tone="link" onClick={onClose}>
          Close
        </Button>
      </header>
      <div className="dialog-body">
        <Within value={within}>{children}</Within>
      </div>
    </dialog>
  );
}

type ConfirmProps = {
  /** Of the button that does it; its name in the list of actions. */
  readonly action: string;
  readonly title: string;
  readonly does: string;
  /** What ends with it, line by line. */
  readonly children?: ReactNode;
  readonly isBusy?: boolean;
  readonly onDo: () => void;
  readonly onClose: () => void;
};

/** Before something that cannot be taken back. */
export function Confirm({ action, title, does, children, isBusy, onDo, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div className="row end">
        <Button action={`${action}.not`} onClick={onClose}>
          Leave it
        </Button>
        <Button action={action} tone="danger" isBusy={isBusy} onClick={onDo}>
          {does}
        </Button>
      </div>
    </Dialog>
  );
}
