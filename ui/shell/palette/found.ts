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
/** Of one kind, so that one of which there are thousands does not hide the others. */
const MOST_OF_KIND = 400;
/** As the gateway makes them: `req_...` and the ids of entries are looked up as they are. */
const IS_ID = /^[\w-]{12,64}$/;

/** What can be found by its title and by what more there is to it; where no id is given, the title is one. */
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

/** Each must be somewhere in what is found; the order does not matter. */
export const wordsOf = (typed: string): readonly string[] => typed.toLowerCase().split(/\s+/).filter(Boolean);

/** A call is not listed: whatever looks like its id is looked up. */
function callOf(typed: string): readonly Found[] {
  const id = typed.trim();
  return IS_ID.test(id) ? [find('Call', { title: `The call ${id}`, to: ['/admin/activity', { id }] })] : [];
}

const isCalled = (one: Found, name: string) =>
  one.title.length === name.length && one.title.toLowerCase() === name;

/** What is called so is first, then what begins with the words, then what only holds them. */
export function search(sources: readonly (readonly Found[])[], typed: string): readonly Found[] {
  const words = wordsOf(typed);
  if (words.length === 0)
    return sources
      .flat()
      .filter(({ kind }) => kind === 'Page' || kind === 'Action')
      .slice(0, MOST_ROWS);
  const name = typed.trim().toLowerCase();
  const [called, begins, holds]: [Found[], Found[], Found[]] = [[], [], []];
  for (const source of sources) {
    let looked = 0;
    for (const one of source) {
      if (!words.every(word => one.text.includes(word))) continue;
      if (isCalled(one, name)) called.push(one);
      else if (looked++ < MOST_OF_KIND) (one.text.startsWith(words[0] ?? '') ? begins : holds).push(one);
    }
  }
  return [...[...called, ...begins, ...holds].slice(0, MOST_ROWS), ...callOf(typed)];
}
