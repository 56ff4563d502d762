export type Shown = Readonly<Record<string, unknown>>;

/** A spreadsheet takes such a text for a formula; with an apostrophe before it, it is a text (CWE-1236). */
const FORMULA = /^[=+\-@\t\r]/;

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** How rows leave the ledger as text. `head` stands before the first row. */
export type Format = {
  readonly media: string;
  readonly head: (row: Shown) => string;
  readonly line: (row: Shown) => string;
};

/** RFC 4180, but for its formulas; and one JSON object a line, whatever names hold. */
export const FORMATS = {
  csv: {
    media: 'text/csv; charset=utf-8',
    head: row => `${Object.keys(row).join(',')}\r\n`,
    line: row => `${Object.values(row).map(cellOf).join(',')}\r\n`,
  },
  jsonl: {
    media: 'application/jsonl; charset=utf-8',
    head: () => '',
    line: row => `${JSON.stringify(row)}\n`,
  },
} as const satisfies Record<string, Format>;

type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | undefined };

/**
 * Everything that a filter finds, page by page, the newest first: the next page is read when the last one was taken.
 */
export async function* exported<Row>(
  page: (before: string | undefined) => Promise<Page<Row>>,
  show: (row: Row) => Shown,
  format: Format,
): AsyncGenerator<string> {
  let before: string | undefined;
  let isFirst = true;
  do {
    const found = await page(before);
    const shown = found.rows.map(show);
    const [first] = shown;
    const head = isFirst && first ? format.head(first) : '';
    isFirst &&= first === undefined;
    const text = head + shown.map(format.line).join('');
    if (text !== '') yield text;
    before = found.next;
  } while (before !== undefined);
}
