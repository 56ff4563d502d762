import type { Rule, RuleDraft } from './draft.ts';

/** What a subject is given on a server, in one word. */
export type Level = 'none' | 'read' | 'write' | 'all' | 'denied' | 'custom';

export const LEVELS = [
  ['none', 'None', 'No rule of their own'],
  ['read', 'Read', 'What changes nothing'],
  ['write', 'Write', 'Also what can be undone'],
  ['all', 'All', 'Everything that the server offers'],
  ['denied', 'Denied', 'Nothing, whatever else is allowed'],
] as const satisfies readonly (readonly [Level, string, string])[];

type Said = Rule | RuleDraft;

function isWhole({ kind = 'all', pattern = '*' }: Said): boolean {
  return kind === 'all' && pattern === '*';
}

/** Of the rules about one subject and one server. */
export function levelOf(rules: readonly Said[]): Level {
  const [one, another] = rules;
  if (!one) return 'none';
  if (another || !isWhole(one)) return 'custom';
  if (one.effect === 'deny') return (one.tier ?? null) === null ? 'denied' : 'custom';
  if (one.tier === 'read' || one.tier === 'write') return one.tier;
  return 'all';
}

/** The rule that says a level; none for none. */
export function ruleOf(level: Level, subject: string, server: string): readonly RuleDraft[] {
  const whole = { subject, server, kind: 'all', pattern: '*' } as const;
  if (level === 'none' || level === 'custom') return [];
  if (level === 'denied') return [{ ...whole, effect: 'deny' }];
  return [{ ...whole, effect: 'allow', ...(level !== 'all' && { tier: level }) }];
}

/** The rules as they would be after the draft is saved. */
export function rulesAfter(
  rules: readonly Rule[],
  draft: { readonly add: readonly RuleDraft[]; readonly remove: readonly string[] },
): readonly Said[] {
  return [...rules.filter(({ id }) => !draft.remove.includes(id)), ...draft.add];
}

const WORDS = { tool: 'tools', prompt: 'prompts', resource: 'resources', all: 'everything' } as const;

/** A rule without its subject and server, as a few words. */
export function wordsOf({ effect = 'allow', kind = 'all', pattern = '*', tier }: Said): string {
  const what = pattern === '*' ? WORDS[kind] : `${WORDS[kind]} ${pattern}`;
  const most = !tier ? '' : effect === 'allow' ? `, at most ${tier}` : `, from ${tier} upwards`;
  return `${effect} ${what}${most}`;
}
