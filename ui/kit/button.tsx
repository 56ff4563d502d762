import type { ReactNode } from 'react';
import { Link } from 'wouter';

export type Tone = 'main' | 'quiet' | 'danger' | 'link';

type ButtonProps = {
  /** What it does, by a name that no other control has: `server.add`. */
  readonly action: string;
  readonly children: ReactNode;
  readonly onClick?: (() => void) | undefined;
  readonly tone?: Tone;
  readonly isSubmit?: boolean;
  /** It works: it cannot be pressed again, and says so. */
  readonly isBusy?: boolean | undefined;
  readonly isOff?: boolean | undefined;
  readonly isPressed?: boolean | undefined;
  /** For readers, where the text alone does not say it. */
  readonly label?: string | undefined;
  readonly title?: string | undefined;
};

export function Button(props: ButtonProps) {
  const { action, children, onClick, tone = 'quiet', isSubmit = false } = props;
  const { isBusy = false, isOff = false, isPressed, label, title } = props;
  return (
    <button
      type={isSubmit ? 'submit' : 'button'}
      className={`button ${tone}`}
      data-action={action}
      disabled={isOff}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      aria-pressed={isPressed}
      aria-label={label}
      title={title}
      onClick={isBusy ? undefined : onClick}
    >
      {isBusy && <span className="spin" aria-hidden="true" />}
      {children}
    </button>
  );
}

type GoProps = {
  readonly action: string;
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly label?: string | undefined;
  readonly title?: string | undefined;
  /** Besides going there, such as closing where one came from. */
  readonly onGo?: () => void;
};

/** To another page of these. */
export function Go({ action, to, children, className, label, title, onGo }: GoProps) {
  return (
    <Link
      href={to}
      data-action={action}
      className={className}
      aria-label={label}
      title={title}
      onClick={onGo}
    >
      {children}
    </Link>
  );
}
