import type { UserId } from '../src/base/index.ts';
import type { Rule } from '../src/policy/index.ts';

type Draft = Omit<Rule, 'id' | 'createdAt'>;

/** A thousand rules with wildcards about one person: only the last one lets `echo` through, and nothing denies it. */
export function manyRules(user: UserId): readonly Draft[] {
  const base = { server: '*', kind: 'tool', tier: undefined, note: undefined, createdBy: 'bench' } as const;
  const others = Array.from({ length: 999 }, (_, at): Draft => {
    const effect = at % 3 === 0 ? 'deny' : 'allow';
    const subject = at % 2 === 0 ? ({ kind: 'everybody' } as const) : ({ kind: 'user', id: user } as const);
    return { ...base, effect, subject, pattern: `*_${at}?*${at % 7}*` };
  });
  const subject = { kind: 'user', id: user } as const;
  return [...others, { ...base, effect: 'allow', subject, pattern: 'e*o', tier: 'destructive' }];
}
