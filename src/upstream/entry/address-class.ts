import type { Egress } from '../../http/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';

/** `unresolved`: the name leads nowhere now, and is looked at again at each call. */
export type Classified =
  | { readonly kind: 'known'; readonly entry: ServerEntry }
  | { readonly kind: 'unresolved'; readonly host: string; readonly entry: ServerEntry }
  | { readonly kind: 'refused'; readonly host: string; readonly why: 'never' | 'private' };

/**
 * The entry with the class of the address that its host has now: a name that is public now and leads to a private
 * address later is refused then. `refused` for an address that is never called, or that the rule forbids.
 */
export async function withAddressClass(
  entry: ServerEntry,
  { egress, isPrivateAllowed }: { readonly egress: Egress; readonly isPrivateAllowed: boolean },
): Promise<Classified> {
  if (entry.transport.kind === 'stdio') return { kind: 'known', entry };
  const host = new URL(entry.transport.url).hostname;
  const found = await egress.classOf(host);
  switch (found) {
    case undefined:
      return { kind: 'unresolved', host, entry };
    case 'never':
      return { kind: 'refused', host, why: 'never' };
    case 'private': {
      const isAllowed = entry.private === undefined ? isPrivateAllowed : entry.private === 'allow';
      if (!isAllowed) return { kind: 'refused', host, why: 'private' };
      return { kind: 'known', entry: { ...entry, addressClass: 'private' } };
    }
    case 'public':
      // Who allows private addresses by hand knows where the name may lead.
      return {
        kind: 'known',
        entry: { ...entry, addressClass: entry.private === 'allow' ? undefined : 'public' },
      };
  }
}
