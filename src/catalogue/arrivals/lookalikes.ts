/** Shorter names are like each other by chance. */
const SHORTEST = 6;

/** The name without each of its characters once, and whole: names one edit apart have one of these in common. */
function* formsOf(name: string): Generator<string> {
  yield name;
  for (let i = 0; i < name.length; i++) yield name.slice(0, i) + name.slice(i + 1);
}

/** Whether one letter more, less or other, or two that changed places, make one of the other. */
function isOneEdit(a: string, b: string): boolean {
  if (a === b) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (a.length !== b.length) return restA.slice(1) === restB || restA === restB.slice(1);
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}

/** Names, to find those that are nearly the same as another one. */
export class Lookalikes {
  readonly #byForm = new Map<string, string[]>();

  constructor(names: Iterable<string>) {
    for (const name of names)
      if (name.length >= SHORTEST)
        for (const form of formsOf(name)) {
          const known = this.#byForm.get(form);
          if (known) known.push(name);
          else this.#byForm.set(form, [name]);
        }
  }

  /** A name that is one edit away. */
  near(name: string): string | undefined {
    if (name.length < SHORTEST) return undefined;
    for (const form of formsOf(name))
      for (const other of this.#byForm.get(form) ?? []) if (isOneEdit(name, other)) return other;
    return undefined;
  }
}
