/** Something of a kind, and where it begins. The text itself is not kept: it may be a secret. */
export type Mark = { readonly kind: string; readonly at: number };

export type Pattern = readonly [kind: string, marks: RegExp];

/** The first mark of each kind. Patterns are written so that they run in linear time. */
export function marksOf(text: string, patterns: readonly Pattern[]): readonly Mark[] {
  const marks: Mark[] = [];
  for (const [kind, pattern] of patterns) {
    const at = text.search(pattern);
    if (at >= 0 && !marks.some(mark => mark.kind === kind)) marks.push({ kind, at });
  }
  return marks;
}
