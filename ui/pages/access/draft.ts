import { useCallback, useMemo, useState } from 'react';
import { type Answer, call, type Given, Refused } from '../../api/client.ts';
import { queries } from '../../api/use.ts';
import { toast } from '../../kit/toast.tsx';

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
  readonly save: () => Promise<void>;
};

type Pending = { readonly add: readonly RuleDraft[]; readonly remove: readonly string[] };
const NOTHING: Pending = { add: [], remove: [] };

export const isSaved = (rule: Rule | RuleDraft): rule is Rule => 'id' in rule;

function without(pending: Pending, rule: Rule | RuleDraft): Pending {
  if (!isSaved(rule)) return { ...pending, add: pending.add.filter(one => one !== rule) };
  if (rule.source === 'file' || pending.remove.includes(rule.id)) return pending;
  return { ...pending, remove: [...pending.remove, rule.id] };
}

/** One by one; what was done is taken out of the draft, so that nothing is done twice. */
async function saveAll(pending: Pending, onLeft: (left: Pending) => void): Promise<void> {
  let left = pending;
  const now = (next: Pending) => {
    left = next;
    onLeft(left);
  };
  for (const id of pending.remove) {
    await call('grants.remove', { params: { id } });
    now({ ...left, remove: left.remove.filter(one => one !== id) });
  }
  for (const rule of pending.add) {
    await call('grants.create', { body: rule });
    now({ ...left, add: left.add.filter(one => one !== rule) });
  }
}

/** The draft of the page: nothing of it counts before it is saved. */
export function useDraft(): Draft {
  const [pending, setPending] = useState<Pending>(NOTHING);
  const [isSaving, setSaving] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const save = useCallback(async () => {
    setSaving(true);
    setRefused(null);
    try {
      await saveAll(pending, setPending);
      toast('The rules are saved, and count from now on');
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      setRefused(thrown);
    } finally {
      setSaving(false);
      void queries.invalidateQueries();
    }
  }, [pending]);
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
        setRefused(null);
        setPending(NOTHING);
      },
    }),
    [pending, isSaving, refused, save],
  );
}
