/** What version 1 had, who delivers it here, and how that is shown. */
export type Row = {
  readonly id: string;
  readonly issue: 1 | 2 | 3 | 4 | 5 | 6;
  /** Title of the test that shows it. */
  readonly test?: string;
  /** What the user sees or is told where it is gone on purpose. */
  readonly retired?: string;
};

export type Group = { readonly issue: Row['issue']; readonly test?: string; readonly retired?: string };

/** Rows that share issue and proof. */
export function rows(kind: string, group: Group, names: readonly string[]): readonly Row[] {
  return names.map(name => ({ id: `${kind}: ${name}`, ...group }));
}
