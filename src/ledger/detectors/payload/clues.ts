/** What a byte of a clue may be: the characters of a class, or the one character that stands there. */
type Step = ReadonlySet<number>;

/** Where a clue goes on: the clue's index and how far it is known. */
type Place = readonly [clue: number, step: number];

const MOST_STATES = 1024;

/** `ab[cd]` as steps: single characters and classes with ranges, over bytes as Latin-1. */
function stepsOf(clue: string): readonly Step[] {
  return [...clue.matchAll(/\[((?:\\.|[^\]])+)\]|(.)/gs)].map(([, inside, one = '']) => {
    const text = inside ?? one;
    const step = new Set<number>();
    for (let i = 0; i < text.length; i++) {
      const isRange = inside !== undefined && text[i + 1] === '-' && i + 2 < text.length;
      const last = isRange ? i + 2 : i;
      for (let code = text.charCodeAt(i); code <= text.charCodeAt(last); code++) step.add(code);
      i = last;
    }
    return step;
  });
}

/** Looks for clues in bytes; gives the sum of the bits of those that are there. */
export type Clues = (bytes: Uint8Array, start: number, end: number) => number;

/** The states of the automaton as they are found: each is what may go on from there, and what was just seen. */
class States {
  readonly #clues: readonly (readonly [clue: string, bit: number])[];
  readonly #steps: readonly (readonly Step[])[];
  readonly #known = new Map<string, number>();
  readonly #places: (readonly Place[])[] = [];
  readonly seen: number[] = [];

  constructor(clues: readonly (readonly [clue: string, bit: number])[]) {
    this.#clues = clues;
    this.#steps = clues.map(([clue]) => stepsOf(clue));
    this.#at([], 0);
  }

  get size(): number {
    return this.#places.length;
  }

  /** Where each byte leads from `places`, by byte; those that lead nowhere are left out. */
  follow(places: readonly Place[]): ReadonlyMap<number, readonly Place[]> {
    const byByte = new Map<number, Place[]>();
    for (const [clue, at] of places)
      for (const byte of this.#steps[clue]?.[at] ?? []) {
        const led = byByte.get(byte) ?? [];
        byByte.set(byte, led);
        led.push([clue, at + 1]);
      }
    return byByte;
  }

  places(state: number): readonly Place[] {
    return this.#places[state] ?? [];
  }

  /** The state of these places; a clue that has ended is seen there. */
  of(places: readonly Place[]): number {
    const isOver = ([clue, at]: Place) => at === this.#steps[clue]?.length;
    const bits = places.filter(isOver).reduce((sum, [clue]) => sum | (this.#clues[clue]?.[1] ?? 0), 0);
    return this.#at(
      places.filter(place => !isOver(place)),
      bits,
    );
  }

  #at(places: readonly Place[], bits: number): number {
    const key = `${bits} ${places.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.size >= MOST_STATES) throw new Error('There are too many clues');
    this.#known.set(key, this.size);
    this.seen.push(bits);
    return this.#places.push(places) - 1;
  }
}

/**
 * One pass for all clues, whatever their number: a deterministic automaton over bytes, one table look-up each
 * (Aho and Corasick 1975, by subset construction). `clues`: each with the bit that says it was seen.
 */
export function createClues(clues: readonly (readonly [clue: string, bit: number])[]): Clues {
  const states = new States(clues);
  const begin = states.follow(clues.map((_, clue) => [clue, 0]));
  const first = Array.from({ length: 256 }, (_, byte) => states.of(begin.get(byte) ?? []));
  const next: number[] = [];
  for (let state = 0; state < states.size; state++) {
    const row = [...first];
    for (const [byte, led] of states.follow(states.places(state)))
      row[byte] = states.of([...led, ...(begin.get(byte) ?? [])]);
    next.push(...row);
  }
  return over(Uint16Array.from(next), Uint8Array.from(states.seen));
}

function over(next: Uint16Array, seen: Uint8Array): Clues {
  return (bytes, start, end) => {
    let state = 0;
    let bits = 0;
    for (let i = start; i < end; i++) {
      state = next[(state << 8) | (bytes[i] ?? 0)] ?? 0;
      bits |= seen[state] ?? 0;
    }
    return bits;
  };
}
