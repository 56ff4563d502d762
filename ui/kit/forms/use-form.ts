import { useRef, useState } from 'react';
import type { Answer, Given, Id, Refused } from '../../api/client.ts';
import { type ActOptions, useAct } from '../../api/use.ts';
import { useUnsaved } from '../leaving/use-unsaved.ts';
import { type Clash, clashes, differing, type Edits, edited, editsSince, valuesOf, wasOf } from './edits.ts';
import { wrongOf } from './field.tsx';

type FormOptions<K extends Id, V> = Omit<ActOptions<K>, 'onDone'> & {
  /** With what was sent: the fields may say something else by now. */
  readonly onDone?: (answer: Answer<K>, sent: V) => void;
  /** What is sent. */
  readonly given: (values: V) => Given<K>;
  /** Where the fields stand in what is sent, when not at its top: `add.0`. */
  readonly below?: string;
  /** It begins anew when it was sent. */
  readonly clears?: boolean;
  /**
   * It changes what is there, which its start shows. Sent is how it was as well, so that nobody undoes unseen what
   * somebody else did meanwhile; `some`: and of the fields those that differ, `whole`: all of them.
   */
  readonly edits?: 'some' | 'whole';
  /** What fields are called on the page, where not by their names. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Nobody is asked before it is left. */
  readonly isTrivial?: boolean;
};

type TextOf = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly wrong: string | undefined;
};

/** Where somebody else was quicker: both texts, and a choice. */
export type Clashing = {
  readonly all: readonly Clash[];
  readonly keepMine: (name: string) => void;
  readonly takeTheirs: (name: string) => void;
};

/** What was typed and chosen, and what the gateway says of it. */
export type Filled<V> = {
  readonly values: V;
  readonly set: (some: Partial<V>) => void;
  /** As it was before anything was typed. */
  readonly undo: () => void;
  readonly isChanged: boolean;
  /** Of a text: what `TextField` takes. */
  readonly text: (name: keyof V & string) => TextOf;
  /** Of a choice: what `Choice` takes. */
  readonly choice: <N extends keyof V>(
    name: N,
  ) => { readonly now: V[N]; readonly onChoose: (value: V[N]) => void };
  readonly wrong: (name: string) => string | undefined;
  readonly send: () => void;
  readonly isBusy: boolean;
  /** What was refused that no field says. */
  readonly problem: Refused | null;
  readonly clashing: Clashing;
};

type Sent = { readonly body?: Readonly<Record<string, unknown>> };

function editOf<K extends Id>(now: Given<K>, was: Given<K>, edits: 'some' | 'whole'): Given<K> {
  const { body = {} } = now as Sent;
  const differ = differing(body, (was as Sent).body ?? {});
  const sent = { ...(edits === 'some' ? differ.now : body), was: differ.was };
  return { ...(now as object), body: sent } as Given<K>;
}

/**
 * A form that makes one change. Its values are named as the API names the fields, so that each says what is wrong with
 * it; whatever goes wrong, what was typed stays.
 */
export function useForm<K extends Id, V extends Readonly<Record<string, unknown>>>(
  id: K,
  start: V,
  {
    given,
    below,
    clears = false,
    edits: kind,
    labels,
    isTrivial = false,
    onDone,
    ...options
  }: FormOptions<K, V>,
): Filled<V> & { readonly done: Answer<K> | undefined } {
  const [edits, setEdits] = useState<Edits>({});
  const values = valuesOf(start, edits);
  const text = JSON.stringify(values);
  const sent = useRef({ text: '', values: start });
  const saved = useUnsaved(isTrivial || Object.keys(edits).length === 0 ? undefined : text);
  const act = useAct(id, {
    ...options,
    isQuiet: true,
    isDoneWhenRead: kind !== undefined,
    onDone: answer => {
      saved(sent.current.text);
      onDone?.(answer, sent.current.values);
    },
  });
  const set = (some: Partial<V>) => setEdits(before => edited(start, before, some));
  const undo = () => {
    act.reset();
    setEdits({});
  };
  const send = () => {
    sent.current = { text, values };
    const before = edits;
    const change = kind ? editOf(given(values), given(wasOf(start, edits)), kind) : given(values);
    act.mutateAsync(change).then(
      () => {
        // What was typed while it was on its way is not lost.
        if (clears || kind) setEdits(now => editsSince(now, before));
      },
      () => undefined,
    );
  };
  const wrong = (name: string) =>
    act.error?.changed
      ? undefined
      : ((below === undefined ? undefined : wrongOf(act.error, `${below}.${name}`)) ??
        wrongOf(act.error, name));
  const all = kind
    ? clashes(start, edits, act.error).map(one => ({ ...one, label: labels?.[one.name] ?? one.label }))
    : [];
  const isSaid = all.length > 0 || Object.keys(values).some(name => wrong(name) !== undefined);
  return {
    ...{ values, set, undo, wrong, send, isBusy: act.isPending, done: act.data },
    isChanged: Object.keys(edits).length > 0,
    text: name => ({
      value: String(values[name]),
      onChange: value => set({ [name]: value } as Partial<V>),
      wrong: wrong(name),
    }),
    choice: name => ({
      now: values[name],
      onChoose: value => set({ [name]: value } as unknown as Partial<V>),
    }),
    problem: isSaid ? null : act.error,
    clashing: {
      all,
      keepMine: name => {
        act.reset();
        setEdits(before => ({ ...before, [name]: { was: start[name], now: before[name]?.now } }));
      },
      takeTheirs: name => {
        act.reset();
        setEdits(({ [name]: _, ...rest }) => rest);
      },
    },
  };
}

const NO_CLASH: Clashing = { all: [], keepMine: () => undefined, takeTheirs: () => undefined };

/** Of a form that asks nothing of the gateway: it leads to what is asked next. */
export const here = (send: () => void) => ({ send, isBusy: false, problem: null, clashing: NO_CLASH });

/** Fields that were left empty are not sent. */
export function filledIn<V extends Readonly<Record<string, string>>>(texts: V): Partial<V> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) as Partial<V>;
}

/** Fields that were emptied take away what was there. */
export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** A number, or what was typed instead of one: the gateway says what is wrong with it. */
export function numberOr(text: string): number | null {
  if (text.trim() === '') return null;
  return Number.isFinite(Number(text)) ? Number(text) : (text as unknown as number);
}
