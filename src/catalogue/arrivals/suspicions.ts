import { cut, printable } from '../../base/index.ts';
import { findHidden, findInstructions, findSecrets, type Mark, textsIn } from '../../ledger/index.ts';
import { isWithin } from '../../policy/index.ts';
import type { Definition } from '../definition.ts';

/** Why a definition is not to be trusted unseen, by severity. */
export const REASONS = {
  'hidden text': 'high',
  'speaks to the model': 'high',
  'milder than before': 'high',
  'names a tool of another server': 'medium',
  'is named like that of another server': 'medium',
} as const;

export type Reason = keyof typeof REASONS;

export type Suspicion = {
  readonly reason: Reason;
  readonly kind: string;
  /** As a JSON pointer, and the character there. */
  readonly place: string;
  readonly at: number;
  /** The text around it, safe to print; empty where it may be a secret. */
  readonly excerpt: string;
};

/** What the servers beside the one whose definitions are examined offer. */
export type Others = {
  /** Whose such a tool is; undefined: it is none, or the server's own. */
  ownerOf(name: string): string | undefined;
  /** A name of another server that is one edit away. */
  near(name: string): string | undefined;
};

const AROUND = 60;

function excerptOf(text: string, at: number): string {
  const part = text.slice(Math.max(0, at - AROUND), at + AROUND);
  return findSecrets(part).length > 0 ? '' : printable(part.toWellFormed());
}

/** Words that can only be names of tools: with a separator, or letters that change their case within. */
const NAMES = /\b[A-Za-z][A-Za-z0-9]*(?:[_./-][A-Za-z0-9]+)+\b|\b[a-z]+[A-Z][A-Za-z0-9]{3,}\b/g;
const MOST_NAMES = 2_000;

function findNames(text: string, { ownerOf }: Others): readonly Mark[] {
  let left = MOST_NAMES;
  for (const { 0: name, index } of text.matchAll(NAMES)) {
    if (left-- === 0) break;
    const owner = ownerOf(name);
    if (owner !== undefined) return [{ kind: owner, at: index }];
  }
  return [];
}

/** What is to be found in any text of a definition. */
function inText(text: string, others: Others): readonly (Mark & { readonly reason: Reason })[] {
  const as = (reason: Reason) => (mark: Mark) => ({ ...mark, reason });
  return [
    ...findHidden(text).map(as('hidden text')),
    ...findInstructions(text).map(as('speaks to the model')),
    ...findNames(text, others).map(as('names a tool of another server')),
  ];
}

/** What is wrong with the texts of a definition, or of a server's instructions. */
export function suspicionsIn(value: unknown, others: Others): readonly Suspicion[] {
  return textsIn(value).flatMap(({ place, text }) =>
    text.startsWith('data:')
      ? []
      : inText(text, others).map(mark => ({ ...mark, place, excerpt: excerptOf(text, mark.at) })),
  );
}

function milder(before: Definition | undefined, now: Definition): readonly Suspicion[] {
  const [was, is] = [before?.traits?.tier, now.traits?.tier];
  if (was === undefined || is === undefined || was === is || !isWithin(is, was)) return [];
  const kind = `${was} before, ${is} now`;
  return [{ reason: 'milder than before', kind, place: '/annotations', at: 0, excerpt: '' }];
}

/** What is wrong with a tool, prompt or resource as it arrived; `before`: as it was, where it was known. */
export function examine(now: Definition, others: Others, before?: Definition): readonly Suspicion[] {
  const value: unknown = JSON.parse(now.bytes.toString('utf8'));
  const near = others.near(now.key);
  const like: readonly Suspicion[] =
    near === undefined
      ? []
      : [
          {
            reason: 'is named like that of another server',
            kind: cut(printable(near.toWellFormed()), 128),
            ...{ place: '/name', at: 0, excerpt: '' },
          },
        ];
  return [...suspicionsIn(value, others), ...like, ...milder(before, now)];
}
