/** Lets so many begin at once; the others wait in a row. */
export class Slots {
  readonly #max: number;
  readonly #row: (() => void)[] = [];
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs `begin` as soon as there is room. Returns the way to leave, whether it has begun or not. */
  enter(begin: () => void): () => void {
    let state: 'waiting' | 'in' | 'out' = 'waiting';
    const turn = (): void => {
      state = 'in';
      this.#taken++;
      begin();
    };
    const leave = (): void => {
      if (state === 'waiting') this.#row.splice(this.#row.indexOf(turn), 1);
      if (state === 'in') {
        this.#taken--;
        if (this.#taken < this.#max) this.#row.shift()?.();
      }
      state = 'out';
    };
    if (this.#taken < this.#max) turn();
    else this.#row.push(turn);
    return leave;
  }
}
