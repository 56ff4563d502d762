import type { Refused } from '../../api/client.ts';

type Values = Readonly<Record<string, unknown>>;
type Edit = { readonly was: unknown; readonly now: unknown };

/** What was typed or chosen, by field, and what stood there then. */
export type Edits = Readonly<Record<string, Edit>>;

const isSame = (one: unknown, other: unknown) =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

const pick = (edits: Edits, part: keyof Edit) =>
  Object.fromEntries(Object.entries(edits).map(([name, edit]) => [name, edit[part]]));

/** The fields as they stand in the form: those that nobody touched follow what is read again. */
export const valuesOf = <V extends Values>(start: V, edits: Edits): V => ({
  ...start,
  ...pick(edits, 'now'),
});

/** The fields as they stood when they were touched. */
export const wasOf = <V extends Values>(start: V, edits: Edits): V => ({ ...start, ...pick(edits, 'was') });

/** With some of them set; what is as it was counts as never touched. */
export function edited(start: Values, edits: Edits, some: Values): Edits {
  const set = Object.entries(some).map(
    ([name, now]) => [name, { was: wasOf(start, edits)[name], now }] as const,
  );
  const all = { ...edits, ...Object.fromEntries(set) };
  return Object.fromEntries(Object.entries(all).filter(([, { was, now }]) => !isSame(was, now)));
}

/** After a change was made: what was typed since it was sent stays, and stood at what was sent. */
export function editsSince(now: Edits, sent: Edits): Edits {
  const left = Object.entries(now).flatMap(([name, edit]) => {
    const was = sent[name];
    if (was === undefined) return [[name, edit] as const];
    return isSame(was.now, edit.now) ? [] : [[name, { was: was.now, now: edit.now }] as const];
  });
  return Object.fromEntries(left);
}

/** A field that was typed into while somebody else changed it. */
export type Clash = {
  readonly name: string;
  /** What people call it. */
  readonly label: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly by: string | null;
  readonly at: string | null;
};

/** Those that stand otherwise by now than when they were touched; who it was is known where the gateway said it. */
export function clashes(start: Values, edits: Edits, refused: Refused | null): readonly Clash[] {
  return Object.entries(edits).flatMap(([name, { was, now: mine }]) => {
    const theirs = start[name];
    if (isSame(theirs, was) || isSame(theirs, mine)) return [];
    const told = refused?.field === name ? refused.changed : undefined;
    const label = name.replace(/_/g, ' ');
    return [{ name, label, mine, theirs, by: told?.by ?? null, at: told?.at ?? null }];
  });
}

/** Of the body of a change: what differs, and how it was. */
export function differing(now: Values, was: Values): { readonly now: Values; readonly was: Values } {
  const names = Object.keys(now).filter(name => !isSame(now[name], was[name]));
  const some = (of: Values) => Object.fromEntries(names.map(name => [name, of[name] ?? null]));
  return { now: some(now), was: some(was) };
}
