/** Whoever changes the same thing waits for its turn: nothing happens to it between a look at it and the change. */
export type Turns = <T>(of: string, run: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (of, run) => {
    const mine = (last.get(of) ?? Promise.resolve()).then(run, run);
    last.set(of, mine);
    try {
      return await mine;
    } finally {
      if (last.get(of) === mine) last.delete(of);
    }
  };
}
