import { createElement, Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Refused } from '../api/client.ts';
import { Button } from './button.tsx';
import { seen } from './seen.ts';

/** What will be here, and the one button that makes it so. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** The place of what is still being read. */
export function Skeleton({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => `line ${at}`).map(line => (
        <span key={line} />
      ))}
    </div>
  );
}

type Reading<T> = {
  readonly data: T | undefined;
  readonly error: Refused | null;
  readonly refetch: () => unknown;
  readonly isFetching?: boolean;
};

/** What was read, or its place while it is read, or why it could not be. What is old stays shown, and is said to be old. */
export function Read<T>({
  of,
  lines,
  children,
}: {
  readonly of: Reading<T>;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const failed = useRef<Refused>(null);
  if (of.data !== undefined) return <div className={of.error ? 'stale' : undefined}>{children(of.data)}</div>;
  // What failed is said until it is read: while it is tried again, too.
  if (of.error) failed.current = of.error;
  if (!failed.current) return <Skeleton {...(lines !== undefined && { lines })} />;
  return (
    <div className="problem" role="alert">
      <p>{failed.current.message}</p>
      <Button action="read.again" isBusy={of.isFetching} onClick={() => void of.refetch()}>
        Try again
      </Button>
    </div>
  );
}

/** Text to take along, such as a command, with the button that copies it. */
export function Copy({
  text,
  action,
  label = 'Copy',
}: {
  readonly text: string;
  readonly action: string;
  readonly label?: string;
}) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2_000);
  };
  return (
    <Button action={action} onClick={() => void copy()}>
      <span aria-live="polite">{isDone ? 'Copied' : label}</span>
    </Button>
  );
}

/** A sentence in which what stands between backticks is code. */
export function Said({ children }: { readonly children: string }) {
  const parts = children
    .split('`')
    .map((part, at) => (at % 2 === 1 ? createElement('code', null, part) : part));
  return createElement(Fragment, null, ...parts);
}

export function Snippet({ text, action }: { readonly text: string; readonly action: string }) {
  return (
    <div className="snippet">
      <pre tabIndex={0}>{text}</pre>
      <Copy text={text} action={action} />
    </div>
  );
}

/** Letters of Latin among those that look like them: what seems to be one name is another. */
const isOfTwoScripts = (text: string): boolean =>
  /\p{Script=Latin}/u.test(text) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text);

/** Names that others chose: inert, whole, cut only by the eye, and never turning the text around them. */
export function Name({ children }: { readonly children: string | null | undefined }) {
  if (!children) return <span className="soft">–</span>;
  const visible = seen(children).replace(/[\u0000-\u001f]/g, '\u00b7');
  const isMixed = isOfTwoScripts(visible);
  const title = visible.length > 24 ? visible.slice(0, 2_000) : undefined;
  return (
    <bdi
      className={isMixed ? 'name mixed' : 'name'}
      title={isMixed ? `Letters of several scripts: ${visible.slice(0, 2_000)}` : title}
    >
      {visible}
    </bdi>
  );
}

type Tab = { readonly id: string; readonly title: string };

/** Pages within a page; which one is shown stands in the address. */
export function Tabs({
  tabs,
  now,
  onGo,
  name,
}: {
  readonly tabs: readonly Tab[];
  readonly now: string;
  readonly onGo: (id: string) => void;
  readonly name: string;
}) {
  // An address may name a tab that there is not: then the first one is shown.
  const shown = tabs.some(({ id }) => id === now) ? now : tabs[0]?.id;
  const place = useRef<HTMLElement>(null);
  // On a phone they are one line, of which the tab that is shown is in sight.
  useEffect(() => {
    const here = shown === undefined ? null : place.current?.querySelector<HTMLElement>('[aria-current]');
    if (here && place.current) place.current.scrollLeft = here.offsetLeft - place.current.offsetLeft - 32;
  }, [shown]);
  return (
    <nav ref={place} className="tabs" aria-label={name}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          data-action={`${name}.${id}`}
          aria-current={id === shown ? 'page' : undefined}
          onClick={() => onGo(id)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

/** One of a few. */
export function Choice<T extends string>({
  label,
  action,
  options,
  now,
  isOff,
  onChoose,
}: {
  readonly label: string;
  readonly action: string;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly now: T;
  readonly isOff?: boolean;
  readonly onChoose: (value: T) => void;
}) {
  return (
    <select
      aria-label={label}
      data-action={action}
      disabled={isOff}
      value={now}
      onChange={event => onChoose(event.target.value as T)}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

export function Head({
  title,
  says,
  children,
}: {
  readonly title: string;
  readonly says?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        {says && <p className="soft">{says}</p>}
      </div>
      {children && <div className="row">{children}</div>}
    </header>
  );
}
