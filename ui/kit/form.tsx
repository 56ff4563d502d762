import type { HTMLInputTypeAttribute, ReactNode } from 'react';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { Copy } from './parts.tsx';

type FormProps = {
  /** Of the button that sends it. */
  readonly action: string;
  readonly does: string;
  readonly isBusy?: boolean | undefined;
  readonly isOff?: boolean | undefined;
  readonly onSend: () => void;
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
};

/** Fields and the button that sends them; Enter sends as well. */
export function Form({ action, does, isBusy, isOff, onSend, onClose, children }: FormProps) {
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (!isBusy && !isOff) onSend();
      }}
    >
      {children}
      <div className="row end">
        {onClose && (
          <Button action={`${action}.not`} onClick={onClose}>
            Leave it
          </Button>
        )}
        <Button action={action} tone="main" isSubmit isBusy={isBusy} isOff={isOff}>
          {does}
        </Button>
      </div>
    </form>
  );
}

type TextFieldProps = {
  readonly label: string;
  readonly action: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly wrong?: string | undefined;
  readonly hint?: ReactNode;
  readonly type?: HTMLInputTypeAttribute;
  readonly autoComplete?: string;
  /** An id, a pattern, an address: shown as code. */
  readonly isCode?: boolean;
  readonly isOff?: boolean | undefined;
  readonly isMany?: boolean;
  /** The id of a list of proposals. */
  readonly list?: string;
};

/** One text, with its label, its hint and what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const { label, action, value, onChange, wrong, hint, type = 'text', autoComplete = 'off' } = props;
  const { isCode, isOff, isMany, list } = props;
  const className = isCode ? 'code' : undefined;
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {isMany ? (
        <textarea
          data-action={action}
          className={className}
          disabled={isOff}
          value={value}
          onChange={event => onChange(event.target.value)}
        />
      ) : (
        <input
          data-action={action}
          className={className}
          type={type}
          list={list}
          autoComplete={autoComplete}
          disabled={isOff}
          value={value}
          onChange={event => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A box to tick. */
export function Check({
  label,
  action,
  isOn,
  isOff,
  onChange,
}: {
  readonly label: ReactNode;
  readonly action: string;
  readonly isOn: boolean;
  readonly isOff?: boolean | undefined;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        data-action={action}
        checked={isOn}
        disabled={isOff}
        onChange={event => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}

/** What the gateway shows this once: a key, a secret, a link. */
export function Once({
  says,
  text,
  action,
  children,
}: {
  readonly says: string;
  readonly text: string;
  readonly action: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="once">
      <p>{says}</p>
      <pre className="block" tabIndex={0}>
        {text}
      </pre>
      <div className="row">
        <Copy text={text} action={action} />
        <span className="soft">It is shown this once: the gateway keeps what checks it, not the text.</span>
      </div>
      {children}
    </div>
  );
}
