import type { ServerName } from '../base/index.ts';
import { compileGlob, type Glob, isLiteral } from './glob.ts';
import type { Item, Rule } from './rule.ts';
import { isWithin, type Tier } from './tier.ts';

type Compiled = { readonly rule: Rule; readonly matches: Glob };

function reaches({ effect, tier }: Rule, asked: Tier): boolean {
  if (tier === undefined) return true;
  // A deny holds from its tier upwards: else what is unknown, and so taken for the worst, would slip through.
  return effect === 'allow' ? isWithin(asked, tier) : isWithin(tier, asked);
}

/** Whether a rule is about a server as a whole. */
function isWhole({ kind, pattern, tier }: Rule): boolean {
  return kind === 'all' && pattern === '*' && tier === undefined;
}

/** The rules of one sort that are about one server. */
export class RuleSet {
  /** Names without wildcards are looked up, whatever their number. */
  readonly #named = new Map<string, Rule[]>();
  readonly #patterns: readonly Compiled[];
  readonly isEmpty: boolean;
  readonly whole: Rule | undefined;

  constructor(rules: readonly Rule[], server: ServerName) {
    const own = rules.filter(rule => rule.server === '*' || rule.server === server);
    this.isEmpty = own.length === 0;
    this.whole = own.find(isWhole);
    for (const rule of own)
      if (isLiteral(rule.pattern))
        this.#named.set(rule.pattern, [...(this.#named.get(rule.pattern) ?? []), rule]);
    this.#patterns = own
      .filter(rule => !isLiteral(rule.pattern))
      .map(rule => ({ rule, matches: compileGlob(rule.pattern) }));
  }

  /** A rule that matches. */
  find(item: Item): Rule | undefined {
    if (this.whole) return this.whole;
    const named = this.#named.get(item.name)?.find(rule => isAbout(rule, item));
    if (named) return named;
    return this.#patterns.find(({ rule, matches }) => isAbout(rule, item) && matches(item.name))?.rule;
  }

  all(item: Item): readonly Rule[] {
    const named = this.#named.get(item.name) ?? [];
    const others = this.#patterns.filter(({ matches }) => matches(item.name)).map(({ rule }) => rule);
    return [...named, ...others].filter(rule => isAbout(rule, item));
  }
}

function isAbout(rule: Rule, { kind, tier }: Item): boolean {
  return (rule.kind === 'all' || rule.kind === kind) && reaches(rule, tier);
}
