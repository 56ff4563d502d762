import type { ServerName } from '../base/index.ts';
import type { Identity } from './caller.ts';
import { type Because, type Effective, offBy, Rights } from './rights.ts';
import type { Item, Rule, Subject, ToolSwitches } from './rule.ts';

export type PolicyOf = {
  readonly rules: readonly Rule[];
  readonly switches: ReadonlyMap<ServerName, ToolSwitches>;
};

const MAX_CALLERS = 20_000;

function slotOf(subject: Subject): string {
  return subject.kind === 'everybody' ? subject.kind : `${subject.kind} ${subject.id}`;
}

/** All rules at one moment, found by whom they are about. */
export class Policy {
  readonly rules: readonly Rule[];
  readonly #switches: PolicyOf['switches'];
  readonly #bySubject = new Map<string, Rule[]>();
  /** Rights by the subjects that somebody is, so far as there are rules for them. */
  readonly #bySlots = new Map<string, Rights>();
  /** Rights by their hash: many people may have been given the same, each by rules of their own. */
  readonly #byHash = new Map<string, Rights>();

  /** What was decided by a former policy stays decided for whom nothing has changed. */
  readonly #former: ReadonlyMap<string, Rights>;

  constructor({ rules, switches }: PolicyOf, former?: Policy) {
    this.#former = former === undefined ? new Map() : former.#byHash;
    this.rules = rules;
    this.#switches = switches;
    for (const rule of rules) {
      const slot = slotOf(rule.subject);
      const found = this.#bySubject.get(slot);
      if (found) found.push(rule);
      else this.#bySubject.set(slot, [rule]);
    }
  }

  /** What somebody may use, shared with everybody for whom the rules come down to the same. */
  rightsOf(who: Identity): Rights {
    const slots = this.#slotsOf(who);
    const key = JSON.stringify([who.role === 'admin', ...slots]);
    const known = this.#bySlots.get(key);
    if (known) return known;
    const own = this.ownRightsOf(who);
    const shared = this.#byHash.get(own.hash) ?? this.#former.get(own.hash) ?? own;
    if (this.#bySlots.size >= MAX_CALLERS) {
      this.#bySlots.clear();
      this.#byHash.clear();
    }
    this.#byHash.set(own.hash, shared);
    this.#bySlots.set(key, shared);
    return shared;
  }

  /** Why an item is off for everybody, whatever the rules say; undefined: it is on. */
  whyOff(server: ServerName, item: Item): Because | undefined {
    return offBy(this.#switches.get(server), item);
  }

  /** The same switches with other rules: what would be, if they were so. */
  withRules(rules: readonly Rule[]): Policy {
    return new Policy({ rules, switches: this.#switches });
  }

  /** The same with the very rules that are about this person, for explanations. */
  ownRightsOf(who: Identity): Rights {
    return new Rights(this.#effective(who));
  }

  #slotsOf({ user, role, groups, client, key }: Identity): readonly string[] {
    return [...this.#personSlots({ user, role, groups }), ...slotsOfMeans({ client, key })].filter(slot =>
      this.#bySubject.has(slot),
    );
  }

  #personSlots({ user, role, groups }: Pick<Identity, 'user' | 'role' | 'groups'>): readonly string[] {
    return ['everybody', `user ${user}`, ...groups.map(group => `group ${group}`).sort(), `role ${role}`];
  }

  #effective(who: Identity): Effective {
    const ofPerson = this.#personSlots(who).flatMap(slot => this.#bySubject.get(slot) ?? []);
    const ofMeans = slotsOfMeans(who).flatMap(slot => this.#bySubject.get(slot) ?? []);
    const limits = ofMeans.filter(({ effect }) => effect === 'allow');
    return {
      isRuler: who.role === 'admin',
      gives: ofPerson.filter(({ effect }) => effect === 'allow'),
      denies: [...ofPerson, ...ofMeans].filter(({ effect }) => effect === 'deny'),
      limits: limits.length > 0 ? { by: who.key === undefined ? 'client' : 'key', rules: limits } : undefined,
      switches: this.#switches,
    };
  }
}

/** What somebody uses to call: it never gives a right. */
function slotsOfMeans({ client, key }: Pick<Identity, 'client' | 'key'>): readonly string[] {
  return [
    ...(client === undefined ? [] : [`client ${client}`]),
    ...(key === undefined ? [] : [`key ${key}`]),
  ];
}
