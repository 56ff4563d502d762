import { type Because, patternProblem, type Rule, uriPatternProblem } from '../../policy/index.ts';
import type { Directory } from './subjects.ts';
import { showSubject } from './subjects.ts';

/** A rule of the configuration file, or of the store. */
export const isOwn = ({ id }: Rule): boolean => !id.startsWith('file:');

/** What is wrong with a rule by itself, with the field; undefined where nothing is. */
export function ruleProblem(
  rule: Pick<Rule, 'kind' | 'pattern' | 'tier'>,
): { readonly field: 'pattern' | 'tier'; readonly says: string } | undefined {
  const isOfUris = rule.kind === 'resource' || rule.kind === 'all';
  const says = patternProblem(rule.pattern) ?? (isOfUris ? uriPatternProblem(rule.pattern) : undefined);
  if (says !== undefined) return { field: 'pattern', says };
  if (rule.tier !== undefined && (rule.kind === 'prompt' || rule.kind === 'resource'))
    return { field: 'tier', says: 'is for tools' };
  return undefined;
}

const KIND_NAMES = { tool: 'tools', prompt: 'prompts', resource: 'resources', all: 'everything' } as const;

/** What a rule is about, in a few words. */
export function whatOf({
  effect,
  kind,
  pattern,
  tier,
}: Pick<Rule, 'effect' | 'kind' | 'pattern' | 'tier'>): string {
  const names = pattern === '*' ? KIND_NAMES[kind] : `${KIND_NAMES[kind]} ${pattern}`;
  if (tier === undefined) return names;
  return effect === 'allow' ? `${names}, at most ${tier}` : `${names}, from ${tier} upwards`;
}

/** A rule as one sentence. */
export function sayRule(rule: Rule, directory: Directory): string {
  const who = showSubject(rule.subject, directory);
  const where = rule.server === '*' ? 'every server' : rule.server;
  return `${rule.effect} ${who} on ${where}: ${whatOf(rule)}`;
}

export type Reason =
  | Because
  | { readonly kind: 'scope' | 'server is disabled' | 'person is disabled' | 'key has expired' }
  | { readonly kind: 'connects an account' | 'not connected' | 'not offered' };

const SENTENCES: Readonly<Record<Exclude<Reason['kind'], 'rule' | 'limited'>, string>> = {
  administrator: 'Administrators may use everything that nothing denies.',
  'no grant': 'No rule allows it.',
  'unclear uri': 'The URI can be read in more than one way, so that no rule can decide about it.',
  scope: 'The token does not cover this server.',
  'switched off': 'It is switched off for everybody.',
  'awaits review':
    'The tool may destroy something, and nobody has looked through the tools of this server yet.',
  'new tools are off': 'Tools of this server are off until they are switched on one by one.',
  'server is disabled': 'The server is disabled.',
  'person is disabled': 'The person is disabled.',
  'key has expired': 'The API key has expired.',
  'connects an account': 'Whoever may use anything of this server may connect an account of their own there.',
  'not connected': 'The server needs an account of this person, who has connected none yet.',
  'not offered': 'The server offers nothing of this name to this person now.',
};

/** Why something may be used or may not, for people. */
export function sayReason(reason: Reason, directory: Directory): string {
  if (reason.kind === 'rule') return `By the rule: ${sayRule(reason.rule, directory)}.`;
  if (reason.kind === 'limited')
    return `There are rules for this ${reason.by}, and none of them reaches so far.`;
  return SENTENCES[reason.kind];
}
