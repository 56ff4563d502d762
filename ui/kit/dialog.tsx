import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';

type DialogProps = {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** A drawer stands at the side and leaves the list in sight. */
  readonly shape?: 'middle' | 'drawer';
  readonly isWide?: boolean;
};

/** The browser's own dialog: it keeps the focus, closes by Escape, and gives the focus back (ARIA, dialog pattern). */
export function Dialog({ title, children, onClose, shape = 'middle', isWide = false }: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = place.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) {
      if (shape === 'drawer') dialog.show();
      else dialog.showModal();
      // What is to be filled in comes first, not the button that closes.
      dialog.querySelector<HTMLElement>('.dialog-body :is(input:not([hidden]), textarea, select)')?.focus();
    }
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
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
      onKeyDown={event => {
        if (event.key !== 'Escape' || shape !== 'drawer') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <Button action="dialog.close" tone="link" onClick={onClose}>
          Close
        </Button>
      </header>
      <div className="dialog-body">{children}</div>
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
