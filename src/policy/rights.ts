import { createHash } from 'node:crypto';
import type { ServerName } from '../base/index.ts';
import type { Item, Rule, ToolSwitches } from './rule.ts';
import { askedOf, RuleSet } from './rule-set.ts';

/** Why something may be used or may not. */
export type Because =
  | { readonly kind: 'rule'; readonly rule: Rule }
  /** The built-in rule: administrators may use everything that nothing denies. */
  | { readonly kind: 'administrator' }
  | { readonly kind: 'no grant' }
  /** One server could read the URI otherwise than the next. */
  | { readonly kind: 'unclear uri' }
  /** There are rules for this client or key, and none of them reaches so far. */
  | { readonly kind: 'limited'; readonly by: 'client' | 'key' }
  | { readonly kind: 'switched off' }
  | { readonly kind: 'awaits review' }
  | { readonly kind: 'new tools are off' };

export type Verdict = { readonly allowed: boolean; readonly because: Because };

/** The rules that are about one caller, sorted by what they do. */
export type Effective = {
  readonly isRuler: boolean;
  readonly gives: readonly Rule[];
  readonly denies: readonly Rule[];
  /** Undefined where no allow names the client or key that is used. */
  readonly limits: { readonly by: 'client' | 'key'; readonly rules: readonly Rule[] } | undefined;
  readonly switches: ReadonlyMap<ServerName, ToolSwitches>;
};

type OnServer = {
  readonly gives: RuleSet;
  readonly denies: RuleSet;
  readonly limits: RuleSet | undefined;
  readonly switches: ToolSwitches | undefined;
  /** Decisions already made. */
  readonly known: Map<string, boolean>;
};

const MAX_KNOWN = 10_000;
/** Longer names are decided each time: what is remembered of strangers' names is bounded. */
const MAX_KNOWN_NAME = 512;
const NO_GRANT: Because = { kind: 'no grant' };
const RULER: Because = { kind: 'administrator' };

const no = (because: Because): Verdict => ({ allowed: false, because });

/** Why a tool or prompt is off for everybody; undefined: it is on. */
export function offBy(switches: ToolSwitches | undefined, { kind, name, tier }: Item): Because | undefined {
  if (switches && kind === 'prompt' && switches.prompts?.has(name)) return { kind: 'switched off' };
  if (!switches || kind !== 'tool') return undefined;
  const named = switches.named.get(name);
  if (named !== undefined) return named ? undefined : { kind: 'switched off' };
  if (switches.newTools === 'off') return { kind: 'new tools are off' };
  const waits = switches.newTools === 'review' && !switches.isSeen && tier === 'destructive';
  return waits ? { kind: 'awaits review' } : undefined;
}

/** What the content of a rule comes down to. */
function contentOf({ effect, server, kind, pattern, tier }: Rule): string {
  return JSON.stringify([effect, server, kind, pattern, tier ?? '']);
}

/** What one caller may use, by rules alone. Lists, calls, reads and explanations ask it; nothing else decides. */
export class Rights {
  readonly #of: Effective;
  readonly #servers = new Map<ServerName, OnServer>();
  #hash: string | undefined;

  constructor(of: Effective) {
    this.#of = of;
  }

  /** The same for all whose rules come down to the same. */
  get hash(): string {
    this.#hash ??= hashOf(this.#of);
    return this.#hash;
  }

  /** Whether there may be anything on this server for the caller. */
  reaches(server: ServerName): boolean {
    const { gives, denies, limits } = this.#on(server);
    if (denies.whole || limits?.isEmpty) return false;
    return this.#of.isRuler || !gives.isEmpty;
  }

  /** Whether what the server says of itself is told. */
  hears(server: ServerName): boolean {
    return this.#on(server).switches?.isSilent !== true;
  }

  /** Whether the item may be used. */
  permits(server: ServerName, item: Item): boolean {
    if (item.name.length > MAX_KNOWN_NAME) return this.decide(server, item).allowed;
    const { known } = this.#on(server);
    const key = `${item.kind} ${item.tier} ${item.name}`;
    const decided = known.get(key);
    if (decided !== undefined) return decided;
    const { allowed } = this.decide(server, item);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, allowed);
    return allowed;
  }

  /** The one decision, with its reason. */
  decide(server: ServerName, item: Item): Verdict {
    const { gives, denies, limits, switches } = this.#on(server);
    const asked = askedOf(item);
    if (!asked) return no({ kind: 'unclear uri' });
    const denied = denies.find(asked);
    if (denied) return no({ kind: 'rule', rule: denied });
    const off = offBy(switches, item);
    if (off) return no(off);
    const given = gives.find(asked);
    if (!given && !this.#of.isRuler) return no(NO_GRANT);
    if (limits && this.#of.limits && !limits.find(asked))
      return no({ kind: 'limited', by: this.#of.limits.by });
    return { allowed: true, because: given ? { kind: 'rule', rule: given } : RULER };
  }

  /** Every rule that has a say in the decision. */
  matching(server: ServerName, item: Item): readonly Rule[] {
    const { gives, denies, limits } = this.#on(server);
    const asked = askedOf(item);
    return asked ? [...denies.all(asked), ...gives.all(asked), ...(limits?.all(asked) ?? [])] : [];
  }

  #on(server: ServerName): OnServer {
    const known = this.#servers.get(server);
    if (known) return known;
    const { gives, denies, limits, switches } = this.#of;
    const made = {
      gives: new RuleSet(gives, server, 'allow'),
      denies: new RuleSet(denies, server, 'deny'),
      limits: limits && new RuleSet(limits.rules, server, 'allow'),
      switches: switches.get(server),
      known: new Map(),
    };
    this.#servers.set(server, made);
    return made;
  }
}

function hashOf({ isRuler, gives, denies, limits, switches }: Effective): string {
  const hash = createHash('sha256').update(String(isRuler));
  for (const rules of [gives, denies, limits?.rules ?? []])
    hash.update(`\n${[...new Set(rules.map(contentOf))].sort().join()}`);
  hash.update(limits ? `\n${limits.by}` : '');
  for (const [server, { newTools, isSeen, named, prompts = [], isSilent = false }] of switches)
    hash.update(`\n${JSON.stringify([server, newTools, isSeen, [...named], [...prompts], isSilent])}`);
  return hash.digest('base64url');
}
