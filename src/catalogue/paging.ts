import { type Definition, withKey } from './definition.ts';
import { withSchemes } from './security-schemes.ts';

/** One page of a list: the joined definitions, and where the next one begins. */
export type Page = {
  readonly items: Buffer;
  readonly next: { readonly after: string; readonly index: number } | undefined;
};

/** The page after the exposed key `after`, or, where that is gone, at `index`; with the scope in it where `scope` is said. */
export type Asked = {
  readonly after: string | undefined;
  readonly index: number;
  readonly scope: string | undefined;
};

type Shown = { readonly exposed: string; readonly definition: Definition };

const PAGE_BYTES = 4 * 1024 * 1024;

/** Joins as many definitions as a page takes: `size` of them at most, 0 for as many as fit into 4 MB. */
export function pageOf(all: readonly Shown[], { after, index, scope }: Asked, size: number): Page {
  const known = after === undefined ? -1 : all.findIndex(one => one.exposed === after);
  // Where the item before is gone, all after it moved up by one.
  const from = known === -1 ? Math.max(0, index - 1) : known + 1;
  const parts: Buffer[] = [];
  let length = 0;
  let at = from;
  for (; at < all.length; at++) {
    const one = all[at];
    if (!one) break;
    const { definition, exposed } = one;
    const bytes =
      scope === undefined ? withKey(definition, exposed) : withSchemes(definition, exposed, scope);
    const isFull = length + bytes.length > PAGE_BYTES || (size > 0 && at - from >= size);
    if (isFull && at > from) break;
    if (at > from) parts.push(Buffer.from(','));
    parts.push(bytes);
    length += bytes.length + 1;
  }
  const last = all[at - 1];
  return {
    items: Buffer.concat(parts),
    next: at < all.length && last ? { after: last.exposed, index: at } : undefined,
  };
}
