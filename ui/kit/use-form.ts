import { useState } from 'react';
import type { Answer, Given, Id, Refused } from '../api/client.ts';
import { type ActOptions, useAct } from '../api/use.ts';
import { wrongOf } from './field.tsx';

type FormOptions<K extends Id, V> = ActOptions<K> & {
  /** What is sent. */
  readonly given: (values: V) => Given<K>;
  /** Where the fields stand in what is sent, when not at its top: `add.0`. */
  readonly below?: string;
  /** It begins anew when it was sent. */
  readonly clears?: boolean;
};

type TextOf = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly wrong: string | undefined;
};

/** What was typed and chosen, and what the gateway says of it. */
export type Filled<V> = {
  readonly values: V;
  readonly set: (some: Partial<V>) => void;
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
};

/**
 * A form that makes one change. Its values are named as the API names the fields, so that each says what is wrong with
 * it; whatever goes wrong, what was typed stays.
 */
export function useForm<K extends Id, V extends Readonly<Record<string, unknown>>>(
  id: K,
  start: V,
  { given, below, clears = false, onDone, ...options }: FormOptions<K, V>,
): Filled<V> & { readonly done: Answer<K> | undefined } {
  const [values, setValues] = useState(start);
  const act = useAct(id, {
    ...options,
    isQuiet: true,
    onDone: answer => {
      if (clears) setValues(start);
      onDone?.(answer);
    },
  });
  const set = (some: Partial<V>) => setValues(before => ({ ...before, ...some }));
  const wrong = (name: string) =>
    (below === undefined ? undefined : wrongOf(act.error, `${below}.${name}`)) ?? wrongOf(act.error, name);
  const isSaid = Object.keys(values).some(name => wrong(name) !== undefined);
  return {
    ...{ values, set, wrong, isBusy: act.isPending, done: act.data },
    text: name => ({
      value: String(values[name]),
      onChange: value => set({ [name]: value } as Partial<V>),
      wrong: wrong(name),
    }),
    choice: name => ({
      now: values[name],
      onChoose: value => set({ [name]: value } as unknown as Partial<V>),
    }),
    send: () => act.mutate(given(values)),
    problem: isSaid ? null : act.error,
  };
}

/** Of a form that asks nothing of the gateway: it leads to what is asked next. */
export const here = (send: () => void) => ({ send, isBusy: false, problem: null });

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
