/** What a request was for: the era in which it was asked, and what kind of thing. */
export type Part = { readonly era: '2025' | '2026'; readonly kind: Kind };

type Kind = 'calls' | 'prompts' | 'resources' | 'lists' | 'other';

/** What fails alone: all of an era, or all of a kind. */
export type FailingPart = `failing-${Part['era'] | Exclude<Kind, 'other'>}`;

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['tools/call', 'calls'],
  ['prompts/get', 'prompts'],
  ['resources/read', 'resources'],
]);

/** Requests of 2026-07-28 say their method in a header as well. */
export function partOf(method: string, headers: Readonly<Record<string, string>>): Part {
  const era = headers['mcp-method'] === undefined ? '2025' : '2026';
  return { era, kind: KINDS.get(method) ?? (method.endsWith('/list') ? 'lists' : 'other') };
}

/** So many failures in a row, and not one answer among them, are no chance. */
const STEADY = 3;

type Cell = Part & {
  /** Failures since the last answer. */
  streak: number;
  /** The first of them, and the last answer, in the order of all requests. */
  since: number;
  goodAt: number;
  /** Milliseconds since the epoch. */
  failedAt: number;
};

/** The one value that all of them have. */
function only<Value>(values: readonly Value[]): Value | undefined {
  return values.every(one => one === values[0]) ? values[0] : undefined;
}

/** Which part of what a server is asked fails each time while others are answered. */
export class Parts {
  readonly #cells = new Map<string, Cell>();
  #count = 0;

  answered(part: Part): void {
    const cell = this.#cell(part);
    cell.streak = 0;
    cell.goodAt = ++this.#count;
  }

  failed(part: Part, at: number): void {
    const cell = this.#cell(part);
    this.#count++;
    if (cell.streak++ === 0) cell.since = this.#count;
    cell.failedAt = at;
  }

  /** `since`: what failed before, and was not asked again, may be well by now. */
  failing(since: number): FailingPart | undefined {
    const cells = [...this.#cells.values()];
    const failing = cells.filter(({ streak, failedAt }) => streak >= STEADY && failedAt > since);
    const begun = Math.min(...failing.map(one => one.since));
    const good = cells.filter(({ streak, goodAt }) => streak === 0 && goodAt > begun);
    const [era, kind] = [only(failing.map(one => one.era)), only(failing.map(one => one.kind))];
    const isAsked = ({ kind }: Part) => failing.some(one => one.kind === kind);
    // Asked for the same in the other era, it answers.
    if (era && good.some(one => one.era !== era && isAsked(one))) return `failing-${era}`;
    if (good.length > 0 && kind && kind !== 'other') return `failing-${kind}`;
    return era && good.length > 0 && good.every(one => one.era !== era) ? `failing-${era}` : undefined;
  }

  #cell({ era, kind }: Part): Cell {
    const key = `${era} ${kind}`;
    const known = this.#cells.get(key);
    if (known) return known;
    const made = { era, kind, streak: 0, since: 0, goodAt: 0, failedAt: 0 };
    this.#cells.set(key, made);
    return made;
  }
}
