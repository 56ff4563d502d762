/** A page with what stands after its `?`, a whole address, or something that is done. */
export type To = string | readonly [path: string, params?: Readonly<Record<string, string>>] | (() => void);

/** What can be found, by whatever it may be looked for. */
export type Found = {
  readonly kind: string;
  /** No other one of its kind has it. */
  readonly id: string;
  readonly title: string;
  readonly more?: string | undefined;
  readonly to: To;
  /** Everything that it is found by, in small letters, written once and not for each letter that is typed. */
  readonly text: string;
};

/** Nobody looks for the end of a name of ten thousand letters. */
const MOST_LETTERS = 400;
const MOST_ROWS = 40;
const MOST_LOOKED_AT = 400;
/** As the gateway makes them: `req_...` and the ids of entries are looked up as they are. */
const IS_ID = /^[\w-]{12,64}$/;

export function find(
  kind: string,
  given: { readonly title: string; readonly to: To } & {
    readonly id?: string;
    readonly more?: string | null | undefined;
  },
): Found {
  const { title, to, id = title, more } = given;
  const text = `${title.slice(0, MOST_LETTERS)} ${(more ?? '').slice(0, MOST_LETTERS)}`.toLowerCase();
  return { kind, id, title, to, text, ...(more && { more }) };
}

export const wordsOf = (typed: string): readonly string[] => typed.toLowerCase().split(/\s+/).filter(Boolean);

/** A call is not listed: whatever looks like its id is looked up. */
function callOf(typed: string): readonly Found[] {
  const id = typed.trim();
  return IS_ID.test(id) ? [find('Call', { title: `The call ${id}`, to: ['/admin/activity', { id }] })] : [];
}

/** What begins with the words is before what only holds them. */
export function search(sources: readonly (readonly Found[])[], typed: string): readonly Found[] {
  const words = wordsOf(typed);
  if (words.length === 0)
    return sources
      .flat()
      .filter(({ kind }) => kind === 'Page' || kind === 'Action')
      .slice(0, MOST_ROWS);
  const [begins, holds]: [Found[], Found[]] = [[], []];
  for (const source of sources) {
    for (const one of source) {
      if (begins.length + holds.length > MOST_LOOKED_AT) break;
      if (words.every(word => one.text.includes(word)))
        (one.text.startsWith(words[0] ?? '') ? begins : holds).push(one);
    }
  }
  return [...[...begins, ...holds].slice(0, MOST_ROWS), ...callOf(typed)];
}
