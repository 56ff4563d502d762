import { useSyncExternalStore } from 'react';

let now = Date.now();
const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for the whole page. */
function follow(reader: () => void): () => void {
  readers.add(reader);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of readers) one();
  }, 1_000);
  return () => {
    readers.delete(reader);
    if (readers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const UNITS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit, short: string])[] = [
  [86_400 * 365, 'year', 'y'],
  [86_400 * 30, 'month', 'mo'],
  [86_400, 'day', 'd'],
  [3_600, 'hour', 'h'],
  [60, 'minute', 'min'],
  [1, 'second', 's'],
];

/** `4 min`; what is less than a second is `0 s`. */
export function spanText(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  const [size, , short] = UNITS.find(([least]) => seconds >= least) ?? [1, 'second', 's'];
  return `${Math.floor(seconds / size)} ${short}`;
}

export type When = string | number | null | undefined;

export function millisOf(at: When): number | undefined {
  if (at === null || at === undefined) return undefined;
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return Number.isFinite(ms) ? ms : undefined;
}

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export function exactText(at: When): string {
  const ms = millisOf(at);
  return ms === undefined ? '–' : EXACT.format(ms);
}

/** `4 min ago` or `in 3 d`, with the exact time on hover; no time is a dash. */
export function Ago({ at, isBare = false }: { readonly at: When; readonly isBare?: boolean }) {
  const shown = useSyncExternalStore(follow, () => Math.floor(now / 1000));
  const ms = millisOf(at);
  if (ms === undefined) return <span className="soft">–</span>;
  const away = shown * 1000 - ms;
  const text = spanText(away);
  const said = isBare ? text : away < -999 ? `in ${text}` : away < 1_000 ? 'now' : `${text} ago`;
  return (
    <time dateTime={new Date(ms).toISOString()} title={exactText(ms)}>
      {said}
    </time>
  );
}

/** The time of day to the second, with the date on hover. */
export function Clock({ at }: { readonly at: When }) {
  const ms = millisOf(at);
  if (ms === undefined) return <span className="soft">–</span>;
  const date = new Date(ms);
  return (
    <time dateTime={date.toISOString()} title={exactText(ms)}>
      {date.toLocaleTimeString('en-GB')}
    </time>
  );
}
