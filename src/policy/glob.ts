/** Whether a whole text matches. Time grows with the text's length and with the pattern's, and no faster. */
export type Glob = (text: string) => boolean;

const MAX_PATTERN = 256;
const MAX_WILDCARDS = 16;

/** Characters that no name shows: controls, half surrogate pairs, and what changes the direction of a text. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** What is wrong with a pattern, as the rest of a sentence; undefined where nothing is. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'must not be empty; * matches everything';
  if (pattern.length > MAX_PATTERN) return `must have at most ${MAX_PATTERN} characters`;
  if (INVISIBLE.test(pattern)) return 'must not hold control or invisible characters';
  const wildcards = pattern.match(/[*?]/g)?.length ?? 0;
  return wildcards > MAX_WILDCARDS ? `must have at most ${MAX_WILDCARDS} wildcards` : undefined;
}

export function isLiteral(pattern: string): boolean {
  return !/[*?]/.test(pattern);
}

/** How long the character is that begins here: `?` is one of them, and not half of one. */
function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function matches(pattern: string, text: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  for (let read = 0; read < text.length; ) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      mark = read;
    } else if (wanted === '?') {
      at++;
      read += widthAt(text, read);
    } else if (wanted !== undefined && wanted === text[read]) {
      at++;
      read++;
    } else if (star === -1) {
      return false;
    } else {
      // The last star takes one more; an earlier one never needs to.
      at = star + 1;
      mark += widthAt(text, mark);
      read = mark;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** Pieces between stars, each found at the first place where it stands. */
function piecewise(pieces: readonly string[]): Glob {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1).filter(piece => piece !== '');
  return text => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** `*` stands for any run of characters, `?` for one, and everything else for itself. */
export function compileGlob(pattern: string): Glob {
  if (pattern === '*') return () => true;
  if (isLiteral(pattern)) return text => text === pattern;
  if (!pattern.includes('?')) return piecewise(pattern.split('*'));
  // Most texts lack the longest piece, which is soon seen.
  const [longest = ''] = pattern.split(/[*?]/).sort((a, b) => b.length - a.length);
  return text => text.includes(longest) && matches(pattern, text);
}
