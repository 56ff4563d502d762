/** Figures as people read them: units always, 0 is 0, and no data is a dash. */

const DASH = '–';

export function count(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? DASH
    : value.toLocaleString('en-GB');
}

/** Milliseconds with as many digits as matter. */
export function ms(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${Math.round(value)} ms`;
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2)} ms`;
}

/** A share from 0 to 1. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const of = value * 100;
  return `${of === 0 || of === 100 ? of : of.toFixed(of > 99 || of < 1 ? 2 : 1)} %`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const power = Math.min(SIZES.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  const shown = value / 1000 ** power;
  return `${power === 0 || shown >= 100 ? Math.round(shown) : shown.toFixed(1)} ${SIZES[power]}`;
}

/** `12 % more than in the hour before`, or `40 times as many as in it` where percent say nothing any more. */
export function trend(percentChange: number | null | undefined, before: string): string {
  if (percentChange === null || percentChange === undefined) return `nothing to compare in ${before}`;
  const whole = Math.round(Math.abs(percentChange));
  if (percentChange >= 10_000) return `more than 100 times as many as in ${before}`;
  if (percentChange >= 1_000)
    return `${count(Math.round(1 + percentChange / 100))} times as many as in ${before}`;
  return whole === 0
    ? `as in ${before}`
    : `${whole} % ${percentChange > 0 ? 'more' : 'less'} than in ${before}`;
}

/** `1 tool`, `3 tools`. */
export function plural(value: number | null | undefined, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** The calendar names of the era in which a side speaks. */
const ERAS: Readonly<Record<string, string>> = { legacy: '25', modern: '26' };
export const era = (value: string | null): string => (value === null ? DASH : (ERAS[value] ?? value));
