import { printable } from '../../base/index.ts';
import { createLog, type Log } from '../../ledger/index.ts';
import type { Terminal } from '../terminal.ts';
import { clockTime } from './start-text.ts';

/** JSON lines for programs; for people sentences, and only those that matter. */
export function logFor(terminal: Terminal, level: string): Log {
  if (!terminal.isInteractive) return createLog(level);
  const quiet = level === 'info' ? 'warn' : level;
  return createLog(quiet, { write: line => terminal.err(sentenceOf(line)) });
}

function sentenceOf(line: string): string {
  try {
    const { time, msg, err } = JSON.parse(line);
    const cause = typeof err?.message === 'string' ? `: ${err.message}` : '';
    return printable(`${clockTime(Number(time))} ${msg}${cause}`);
  } catch {
    return printable(line);
  }
}
