/** PostgreSQL keeps neither NUL nor half a surrogate pair in text, and one such name must not cost the batch. */
function keepable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : value;
}

/** Rows as one parameter. */
export function asJson(rows: readonly (readonly unknown[])[]): string {
  const text = JSON.stringify(rows);
  return /\\u(0000|d[89a-f])/.test(text) ? JSON.stringify(rows, keepable) : text;
}
