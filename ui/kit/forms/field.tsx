import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';
import type { Refused } from '../../api/client.ts';

type Control = { id?: string; 'aria-describedby'?: string | undefined; 'aria-invalid'?: boolean | undefined };

type FieldProps = {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What the gateway said of this field. */
  readonly wrong?: string | undefined;
  readonly children: ReactElement<Control>;
};

/** A control with its label, its hint and what is wrong with it, tied together for readers (WCAG 3.3). */
export function Field({ label, hint, wrong, children }: FieldProps) {
  const id = useId();
  const says = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  return (
    <div className={wrong ? 'field wrong' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id,
        'aria-describedby': says || undefined,
        'aria-invalid': wrong ? true : undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
      {wrong && (
        <p id={`${id}-wrong`} className="hint bad" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

/** The part of a refusal that belongs to a field, without the name that stands before it already. */
export function wrongOf(refused: Refused | null, field: string): string | undefined {
  if (refused?.field === undefined) return undefined;
  const isIt = refused.field === field || refused.field.startsWith(`${field}.`);
  return isIt ? refused.message.replace(`${refused.field}: `, '') : undefined;
}

/** What was refused as a whole; of a field that is not shown, too. */
export function Problem({
  refused,
  fields = [],
}: {
  readonly refused: Refused | null;
  readonly fields?: readonly string[];
}) {
  if (!refused || fields.some(field => wrongOf(refused, field) !== undefined)) return null;
  return (
    <p className="problem" role="alert">
      {refused.message}
      {refused.retryAfterS !== undefined && ` Try again in ${refused.retryAfterS} s.`}
    </p>
  );
}
