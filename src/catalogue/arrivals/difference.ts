import { cut, printable } from '../../base/index.ts';
import { isObject } from '../../mcp/index.ts';

/** One member that differs, as a JSON pointer; null: it is not there. Safe to print. */
export type FieldChange = {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
};

const MOST_LEAVES = 5_000;
const DEEPEST = 64;
const MOST_TEXT = 400;
/** So much that is the same is shown before the first difference. */
const LEAD = 60;

function leavesOf(value: unknown, place: string, depth: number, into: Map<string, string>): void {
  if (into.size >= MOST_LEAVES || depth > DEEPEST) return;
  const inside = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : undefined;
  if (inside === undefined)
    return void into.set(place, typeof value === 'string' ? value : JSON.stringify(value));
  let isEmpty = true;
  for (const [key, one] of inside) {
    isEmpty = false;
    leavesOf(one, `${place}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1, into);
  }
  if (isEmpty) into.set(place, Array.isArray(value) ? '[]' : '{}');
}

/** The part of a text that begins shortly before `at`. */
function shown(text: string | undefined, at: number): string | null {
  if (text === undefined) return null;
  const start = text.length <= MOST_TEXT ? 0 : Math.max(0, at - LEAD);
  const part = text.slice(start, start + MOST_TEXT);
  const end = start + MOST_TEXT < text.length ? '…' : '';
  return `${start > 0 ? '…' : ''}${printable(part.toWellFormed())}${end}`;
}

function firstDifference(a = '', b = ''): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** The members in which two definitions differ, in the order of their places. */
export function differenceOf(before: unknown, after: unknown): readonly FieldChange[] {
  const [was, is] = [new Map<string, string>(), new Map<string, string>()];
  leavesOf(before, '', 0, was);
  leavesOf(after, '', 0, is);
  const places = [...new Set([...was.keys(), ...is.keys()])].filter(
    place => was.get(place) !== is.get(place),
  );
  return places.sort().map(place => {
    const at = firstDifference(was.get(place), is.get(place));
    const field = cut(printable(place.toWellFormed()), 200);
    return { field, before: shown(was.get(place), at), after: shown(is.get(place), at) };
  });
}
