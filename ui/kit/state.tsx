import type { ReactNode } from 'react';

export type Level = 'ok' | 'warn' | 'bad' | 'off' | 'unknown';

/** A shape besides the colour (WCAG 1.4.1): disc, half, cross, ring, dots. */
const SHAPES: Readonly<Record<Level, ReactNode>> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  warn: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 2a4 4 0 0 0 0 8z" fill="currentColor" />
    </>
  ),
  bad: <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  off: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  unknown: (
    <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 2" />
  ),
};

/** The state of something as glyph and word. */
export function State({ level, children }: { readonly level: Level; readonly children?: ReactNode }) {
  return (
    <span className={`state ${level}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {SHAPES[level]}
      </svg>
      {children !== undefined && <span>{children}</span>}
    </span>
  );
}

const OF_HEALTH: Readonly<Record<string, Level>> = {
  online: 'ok',
  degraded: 'warn',
  parked: 'warn',
  down: 'bad',
  disabled: 'off',
};

export const levelOfHealth = (state: string): Level => OF_HEALTH[state] ?? 'unknown';

const OF_OUTCOME: Readonly<Record<string, Level>> = {
  ok: 'ok',
  error: 'bad',
  refused: 'warn',
  cancelled: 'off',
};

export const levelOfOutcome = (outcome: string): Level => OF_OUTCOME[outcome] ?? 'unknown';

const OF_SEVERITY: Readonly<Record<string, Level>> = {
  low: 'off',
  medium: 'warn',
  high: 'bad',
  critical: 'bad',
};

export const levelOfSeverity = (severity: string): Level => OF_SEVERITY[severity] ?? 'unknown';
