import { isObject, type Params } from '../../../mcp/index.ts';
import { findSecrets } from '../secrets.ts';

/** A text within the parameters of a call. */
export type Value = {
  /** The member that holds it. */
  readonly name: string;
  /** Where it stands, as a JSON pointer; names that are none anybody would give a member are `*`. */
  readonly place: string;
  readonly text: string;
};

/** So much is looked at: what is hidden behind it was hidden by somebody who knew, and costs no more than this. */
export const MOST_TEXT = 64 * 1024;
const MOST_VALUES = 500;
const DEEPEST = 32;

const PLAIN = /^\w[\w.-]{0,63}$/;

/** A name of the client's choice may be a secret itself. */
function shown(name: string): string {
  return PLAIN.test(name) && findSecrets(name).length === 0 ? name : '*';
}

type Visit = { left: number; readonly values: Value[] };

function take(value: unknown, at: Omit<Value, 'text'> & { readonly depth: number }, visit: Visit): void {
  if (visit.left <= 0 || visit.values.length >= MOST_VALUES || at.depth > DEEPEST) return;
  const { name, place, depth } = at;
  if (typeof value === 'string') {
    const text = value.length > visit.left ? value.slice(0, visit.left) : value;
    visit.left -= text.length;
    visit.values.push({ name, place, text });
    return;
  }
  if (Array.isArray(value)) {
    // An element is what the list is of.
    value.forEach((one, i) => void take(one, { name, place: `${place}/${i}`, depth: depth + 1 }, visit));
    return;
  }
  if (!isObject(value)) return;
  for (const [key, one] of Object.entries(value)) {
    const inside = { name: key, place: `${place}/${shown(key)}`, depth: depth + 1 };
    if (!PLAIN.test(key)) take(key, { ...inside, name: '' }, visit);
    take(one, inside, visit);
  }
}

/** The texts of anything, each with its place. */
export function textsIn(value: unknown): readonly Value[] {
  const visit: Visit = { left: MOST_TEXT, values: [] };
  take(value, { name: '', place: '', depth: 0 }, visit);
  return visit.values;
}

/** The texts of what a client sends on: without `_meta`, which is between client and gateway. */
export function valuesOf({ _meta, ...params }: Params): readonly Value[] {
  return textsIn(params);
}
