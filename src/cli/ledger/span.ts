import type { Command } from 'commander';
import type { Paged } from '../../store/index.ts';
import { type CommonFlags, readDuration, withData } from '../options.ts';
import { Refusal } from '../refusal.ts';

export type SpanFlags = CommonFlags & {
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
};

/** The flags that say from when to when. */
export function withSpanOf(command: Command): Command {
  return command
    .option('--since <when>', 'from then on: 90m, 12h, 7d ago, or a time as 2026-01-31T12:00:00Z')
    .option('--until <when>', 'before then, said in the same way');
}

/** And how much of it. */
export function withSpan(command: Command): Command {
  return withSpanOf(withData(command)).option('--limit <count>', 'at most so many rows (default 50)');
}

function readWhen(flag: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = readDuration(text);
  if (ago !== undefined) return now - ago;
  const at = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new Refusal(`${flag} is a time as 2026-01-31T12:00:00Z, or how long ago: 90m, 12h, 7d.`);
}

/** Throws a Refusal that names the flag. */
export function readSpan({ since, until, limit = '50' }: SpanFlags, now: number): Paged {
  if (!/^[1-9]\d{0,3}$/.test(limit)) throw new Refusal('--limit is a whole number from 1 to 9999.');
  return {
    since: readWhen('--since', since, now),
    until: readWhen('--until', until, now),
    limit: Number(limit),
  };
}
