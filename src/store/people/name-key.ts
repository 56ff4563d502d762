/** Two spellings of one name are one name. */
export function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
