import { addTo, DAY_MS, type Kind, type Tally } from './tally.ts';

/** So many keys of a kind are counted by themselves in a day; whoever invents names fills neither disk nor memory. */
const MOST_KEYS = 1_000;
/** So many days of kinds are remembered; late entries of older ones are looked up again. */
const MOST_DAYS = 48;

/** What the others are counted under. */
const OTHER = '(other)';

export type KindOfDay = { readonly kind: Kind; readonly day: number };

const dayOf = (start: number) => start - (start % DAY_MS);
const nameOf = ({ kind, day }: KindOfDay) => `${kind} ${day}`;

/** Which keys of each day are counted by themselves: the first that came. */
export class Admission {
  readonly #known = new Map<string, Set<string>>();

  /** What must be learnt before these can be admitted. */
  unknownOf(tallies: readonly Tally[]): readonly KindOfDay[] {
    const found = new Map<string, KindOfDay>();
    for (const { kind, start } of tallies) {
      const of = { kind, day: dayOf(start) };
      if (kind !== 'all' && !this.#known.has(nameOf(of))) found.set(nameOf(of), of);
    }
    return [...found.values()];
  }

  /** The keys that were counted on that day already. */
  learn(of: KindOfDay, keys: readonly string[]): void {
    if (this.#known.size >= MOST_DAYS) this.#known.clear();
    this.#known.set(nameOf(of), new Set(keys));
  }

  /** The same counts, with at most so many keys. */
  admit(tallies: readonly Tally[]): readonly Tally[] {
    const admitted = new Map<string, Tally>();
    for (const tally of tallies) {
      const key = this.#keyOf(tally);
      const place = `${tally.kind} ${tally.start} ${key}`;
      const there = admitted.get(place);
      if (there) addTo(there, tally);
      else admitted.set(place, { ...tally, key });
    }
    return [...admitted.values()];
  }

  #keyOf({ kind, start, key }: Tally): string {
    if (kind === 'all') return key;
    const known = this.#known.get(nameOf({ kind, day: dayOf(start) }));
    if (known === undefined || known.has(key)) return key;
    if (known.size >= MOST_KEYS) return OTHER;
    known.add(key);
    return key;
  }
}
