/** So many rows of one room are open at once; what more comes there is counted in one. */
const MOST_OPEN = 2_000;
const OTHERS = Symbol('others');

/** What came, and with what it is counted. */
export type Coming<Row> = {
  /** What comes into one room takes no place from another. */
  readonly room: string;
  /** By what equal ones are known. */
  readonly key: string;
  readonly make: () => Row;
  /** What the row of all that found no place in the room says instead: nothing that only one of them was. */
  readonly others: Partial<Row>;
};

/** Remembers what came lately, so that a flood is one row with a count, and one of too many kinds loses no count. */
export class Floods<Row extends { count: number }> {
  readonly #rooms = new Map<string, Map<string | symbol, Row>>();

  /** Gives the row where it is the first of its kind. */
  add({ room, key, make, others }: Coming<Row>): Row | undefined {
    const open = this.#rooms.get(room) ?? new Map<string | symbol, Row>();
    this.#rooms.set(room, open);
    const isOther = !open.has(key) && open.size >= MOST_OPEN;
    const known = open.get(isOther ? OTHERS : key);
    if (known) known.count++;
    if (known) return undefined;
    const row = isOther ? { ...make(), ...others } : make();
    open.set(isOther ? OTHERS : key, row);
    return row;
  }

  take(isDue: (row: Row) => boolean): Row[] {
    const due: Row[] = [];
    for (const [room, open] of this.#rooms) {
      for (const [key, row] of open) {
        if (!isDue(row)) continue;
        due.push(row);
        open.delete(key);
      }
      if (open.size === 0) this.#rooms.delete(room);
    }
    return due;
  }
}
