import type { ServerName } from '../base/index.ts';
import { compileGlob, type Glob, isLiteral } from './glob.ts';
import type { Item, Rule } from './rule.ts';
import { isWithin, type Tier } from './tier.ts';
import { patternForms, type UriForms, uriForms } from './uri.ts';

/** An item, and what patterns are matched against: its name, or the spellings of its URI. */
export type Asked = { readonly item: Item; readonly forms: UriForms };

type Compiled = { readonly rule: Rule; readonly matches: Glob };

/** Undefined for a URI that no rule can decide about. */
export function askedOf(item: Item): Asked | undefined {
  if (item.kind !== 'resource') return { item, forms: { exact: item.name, loose: [item.name] } };
  const forms = uriForms(item.name);
  return forms && { item, forms };
}

function reaches({ effect, tier }: Rule, asked: Tier): boolean {
  if (tier === undefined) return true;
  // A deny holds from its tier upwards: else what is unknown, and so taken for the worst, would slip through.
  return effect === 'allow' ? isWithin(asked, tier) : isWithin(tier, asked);
}

/** Whether a rule is about a server as a whole. */
function isWhole({ kind, pattern, tier }: Rule): boolean {
  return kind === 'all' && pattern === '*' && tier === undefined;
}

function isAbout(rule: Rule, { kind, tier }: Item): boolean {
  return (rule.kind === 'all' || rule.kind === kind) && reaches(rule, tier);
}

/** A deny meets every spelling, an allow the one that is certain. */
const formsOf = ({ exact, loose }: UriForms, effect: Rule['effect']): readonly string[] =>
  effect === 'deny' ? loose : [exact];

/** Patterns of one sort. */
class Patterns {
  /** Names without wildcards are looked up, whatever their number. */
  readonly #named = new Map<string, Rule[]>();
  readonly #others: Compiled[] = [];

  constructor(rules: readonly Rule[], spell: (rule: Rule) => readonly string[]) {
    for (const rule of rules)
      for (const pattern of spell(rule))
        if (isLiteral(pattern)) this.#named.set(pattern, [...(this.#named.get(pattern) ?? []), rule]);
        else this.#others.push({ rule, matches: compileGlob(pattern) });
  }

  find(text: string, item: Item): Rule | undefined {
    const named = this.#named.get(text)?.find(rule => isAbout(rule, item));
    if (named) return named;
    return this.#others.find(({ rule, matches }) => isAbout(rule, item) && matches(text))?.rule;
  }

  all(text: string, item: Item): readonly Rule[] {
    const named = this.#named.get(text) ?? [];
    const others = this.#others.filter(({ matches }) => matches(text)).map(({ rule }) => rule);
    return [...named, ...others].filter(rule => isAbout(rule, item));
  }
}

/** The rules of one effect that are about one server. */
export class RuleSet {
  readonly #names: Patterns;
  readonly #uris: Patterns;
  readonly #effect: Rule['effect'];
  readonly isEmpty: boolean;
  readonly whole: Rule | undefined;

  constructor(rules: readonly Rule[], server: ServerName, effect: Rule['effect']) {
    const own = rules.filter(rule => rule.server === '*' || rule.server === server);
    this.#effect = effect;
    this.isEmpty = own.length === 0;
    this.whole = own.find(isWhole);
    this.#names = new Patterns(
      own.filter(({ kind }) => kind !== 'resource'),
      ({ pattern }) => [pattern],
    );
    this.#uris = new Patterns(
      own.filter(({ kind }) => kind === 'resource' || kind === 'all'),
      ({ pattern }) => formsOf(patternForms(pattern), effect),
    );
  }

  /** A rule that matches. */
  find({ item, forms }: Asked): Rule | undefined {
    if (this.whole) return this.whole;
    const patterns = this.#patternsFor(item);
    for (const text of formsOf(forms, this.#effect)) {
      const found = patterns.find(text, item);
      if (found) return found;
    }
    return undefined;
  }

  all({ item, forms }: Asked): readonly Rule[] {
    const patterns = this.#patternsFor(item);
    return [...new Set(formsOf(forms, this.#effect).flatMap(text => patterns.all(text, item)))];
  }

  #patternsFor({ kind }: Item): Patterns {
    return kind === 'resource' ? this.#uris : this.#names;
  }
}
