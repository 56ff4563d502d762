import type { Members, Range } from './scan.ts';

/** A range of the original bytes and what stands there instead. */
export type Splice = Range & { readonly text: string };

function inOrder(splices: readonly Splice[]): readonly Splice[] {
  let last = 0;
  for (const part of splices) {
    if (part.start < last) return splices.toSorted((a, b) => a.start - b.start);
    last = part.start;
  }
  return splices;
}

/** The bytes with each range replaced; everything else stays as it came. Ranges do not overlap. */
export function splice(bytes: Buffer, splices: readonly Splice[]): Buffer {
  if (splices.length === 0) return bytes;
  const ordered = inOrder(splices);
  let size = bytes.length;
  for (const part of ordered) size += Buffer.byteLength(part.text) - (part.end - part.start);
  const out = Buffer.allocUnsafe(size);
  let from = 0;
  let to = 0;
  for (const part of ordered) {
    to += bytes.copy(out, to, from, part.start);
    to += out.write(part.text, to);
    from = part.end;
  }
  bytes.copy(out, to, from);
  return out;
}

/** The object with these members, without some and with others behind them; the values stay the bytes that they were. */
export function rebuild(
  bytes: Buffer,
  at: Members,
  change: {
    readonly without?: ReadonlySet<string>;
    readonly more?: Readonly<Record<string, string | Buffer>>;
  },
): Buffer {
  const { without, more = {} } = change;
  const parts: Buffer[] = [];
  const add = (name: string, value: Buffer): void => {
    parts.push(Buffer.from(`${parts.length === 0 ? '' : ','}${JSON.stringify(name)}:`), value);
  };
  for (const [name, range] of at)
    if (!without?.has(name) && !Object.hasOwn(more, name)) add(name, bytes.subarray(range.start, range.end));
  for (const [name, value] of Object.entries(more)) add(name, Buffer.from(value));
  return Buffer.concat([Buffer.from('{'), ...parts, Buffer.from('}')]);
}
