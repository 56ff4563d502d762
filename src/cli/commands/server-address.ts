import { printable } from '../../base/index.ts';
import { createEgress } from '../../http/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { withAddressClass } from '../../upstream/index.ts';
import { Refusal } from '../refusal.ts';

type Rules = { readonly isPrivateAllowed: boolean; readonly warn: (text: string) => void };

/** The entry with the class of its address. Throws a Refusal for one that is never called, or that the rule forbids. */
export async function classified(
  entry: ServerEntry,
  { isPrivateAllowed, warn }: Rules,
): Promise<ServerEntry> {
  const egress = createEgress();
  try {
    const found = await withAddressClass(entry, { egress, isPrivateAllowed });
    if (found.kind === 'known') return found.entry;
    const host = printable(found.host);
    if (found.kind === 'refused') throw new Refusal(refusalOf(host, found.why, entry));
    warn(`${host} cannot be resolved now; its address is checked at each call.`);
    return found.entry;
  } finally {
    await egress.close();
  }
}

function refusalOf(host: string, why: 'never' | 'private', entry: ServerEntry): string {
  if (why === 'never')
    return `${host} is a link-local, metadata, multicast or reserved address; such servers are never called.`;
  const rule =
    entry.private === 'deny' ? '--private deny forbids' : 'upstream.private forbids; use --private allow';
  return `${host} is a private address, which ${rule}.`;
}
