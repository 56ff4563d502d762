const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text from outside, safe to print: control, invisible and bidirectional characters become `\u....`. */
export function printable(text: string): string {
  return text.replace(CONTROL, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** At most `length` characters. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length);
}

/** How far two words are apart, for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The word of `known` that was probably meant, or undefined. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map(name => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  return near && near.far <= Math.max(2, Math.floor(word.length / 3)) ? near.name : undefined;
}
