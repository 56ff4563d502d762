import type { HTMLInputTypeAttribute, ReactNode } from 'react';
import { Button, type Tone } from '../button.tsx';
import { useLeave } from '../leaving/use-unsaved.ts';
import { Copy } from '../parts.tsx';
import { Clashes } from './clash.tsx';
import { Field, Problem } from './field.tsx';
import type { Filled } from './use-form.ts';

type FormProps = {
  /** Of the button that sends it. */
  readonly action: string;
  readonly does: string;
  readonly of: Pick<Filled<unknown>, 'send' | 'isBusy' | 'problem' | 'clashing'>;
  readonly isOff?: boolean | undefined;
  /** Fields beside each other, with the button at their end. */
  readonly isRow?: boolean;
  /** Without it the button is plain: of a form beside others. */
  readonly tone?: Tone;
  readonly onClose?: (() => void) | undefined;
  /** Other buttons, before the one that sends. */
  readonly more?: ReactNode;
  readonly children: ReactNode;
};

/** Fields, what was refused that none of them says, and the button that sends them; Enter sends as well. */
export function Form({ action, does, of, isOff, isRow, tone = 'main', onClose, more, children }: FormProps) {
  const { isBusy, send, problem, clashing } = of;
  const leave = useLeave(onClose ?? (() => undefined));
  return (
    <form
      className={isRow ? 'row' : undefined}
      onSubmit={event => {
        event.preventDefault();
        if (!isBusy && !isOff) send();
      }}
    >
      {children}
      <Clashes of={clashing} />
      <Problem refused={problem} />
      <div className={isRow ? 'row' : 'row end'}>
        {more}
        {onClose && (
          <Button action={`${action}.not`} onClick={leave}>
            Leave it
          </Button>
        )}
        <Button action={action} tone={tone} isSubmit isBusy={isBusy} isOff={isOff}>
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
  readonly placeholder?: string | undefined;
  /** The id of a list of proposals. */
  readonly list?: string;
};

/** One text, with its label, its hint and what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const { label, action, value, onChange, wrong, hint, type = 'text', autoComplete = 'off' } = props;
  const { isCode, isOff, isMany, list, placeholder } = props;
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
          placeholder={placeholder}
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
