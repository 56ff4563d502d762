import { useCallback, useMemo, useState } from 'react';
import type { Answer, Given, Refused } from '../../api/client.ts';
import { useAct } from '../../api/use.ts';
import { useUnsaved } from '../../kit/leaving/use-unsaved.ts';

export type Rule = Answer<'grants.list'>[number];
export type RuleDraft = NonNullable<NonNullable<Given<'grants.preview'>['body']>['add']>[number];

/** Rules that are not saved: those that come, and those that go. */
export type Draft = {
  readonly add: readonly RuleDraft[];
  readonly remove: readonly string[];
  readonly isEmpty: boolean;
  readonly isSaving: boolean;
  readonly refused: Refused | null;
  readonly put: (rule: RuleDraft) => void;
  readonly drop: (rule: Rule | RuleDraft) => void;
  readonly keep: (id: string) => void;
  /** In the place of whatever is said of one subject and one server. */
  readonly replace: (here: readonly (Rule | RuleDraft)[], by: readonly RuleDraft[]) => void;
  readonly clear: () => void;
  /** All of it, or nothing; and nothing where it would do something else by now than was shown. */
  readonly save: (effect: string) => void;
};

type Pending = { readonly add: readonly RuleDraft[]; readonly remove: readonly string[] };
const NOTHING: Pending = { add: [], remove: [] };

export const isSaved = (rule: Rule | RuleDraft): rule is Rule => 'id' in rule;

function without(pending: Pending, rule: Rule | RuleDraft): Pending {
  if (!isSaved(rule)) return { ...pending, add: pending.add.filter(one => one !== rule) };
  if (rule.source === 'file' || pending.remove.includes(rule.id)) return pending;
  return { ...pending, remove: [...pending.remove, rule.id] };
}

/** What was put into the draft while it was being saved. */
const since = (now: Pending, sent: Pending): Pending => ({
  add: now.add.filter(rule => !sent.add.includes(rule)),
  remove: now.remove.filter(id => !sent.remove.includes(id)),
});

/** The draft of the page: nothing of it counts before it is saved. */
export function useDraft(): Draft {
  const [pending, setPending] = useState<Pending>(NOTHING);
  useUnsaved(pending.add.length + pending.remove.length > 0 ? JSON.stringify(pending) : undefined, 'page');
  const {
    mutate,
    reset,
    isPending: isSaving,
    error: refused,
  } = useAct('grants.save', {
    says: 'The rules are saved, and count from now on',
    touches: ['users', 'permissions', 'catalogue', 'explain'],
    isQuiet: true,
  });
  const save = useCallback(
    (effect: string) =>
      mutate(
        { body: { add: [...pending.add], remove: [...pending.remove], was: { effect } } },
        { onSuccess: () => setPending(now => since(now, pending)) },
      ),
    [mutate, pending],
  );
  return useMemo(
    () => ({
      ...{ ...pending, isSaving, refused, save },
      isEmpty: pending.add.length + pending.remove.length === 0,
      put: rule => setPending(now => ({ ...now, add: [...now.add, rule] })),
      drop: rule => setPending(now => without(now, rule)),
      keep: id => setPending(now => ({ ...now, remove: now.remove.filter(one => one !== id) })),
      replace: (here, by) =>
        setPending(now => {
          const next = here.reduce(without, now);
          return { ...next, add: [...next.add, ...by] };
        }),
      clear: () => {
        reset();
        setPending(NOTHING);
      },
    }),
    [pending, isSaving, refused, save, reset],
  );
}
