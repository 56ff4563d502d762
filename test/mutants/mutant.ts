/** A change of one line that breaks a promise, and the test file that must then turn red. */
export type Mutant = {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly test: string;
  /** What the change takes away. */
  readonly about: string;
};

export const inFile =
  (file: string, test: string) =>
  (find: string, replace: string, about: string): Mutant => ({ file, find, replace, test, about });
