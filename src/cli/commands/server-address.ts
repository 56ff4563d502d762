import { printable } from '../../base/index.ts';
import { createEgress } from '../../http/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { Refusal } from '../refusal.ts';

type Rules = { readonly isPrivateAllowed: boolean; readonly warn: (text: string) => void };

/**
 * The entry with the class of the address that its host has now: a name that is public now and leads to a private
 * address later is refused then. Throws a Refusal for an address that is never called, or that the rule forbids.
 */
export async function withAddressClass(
  entry: ServerEntry,
  { isPrivateAllowed, warn }: Rules,
): Promise<ServerEntry> {
  if (entry.transport.kind === 'stdio') return entry;
  const { hostname } = new URL(entry.transport.url);
  const host = printable(hostname);
  const found = await classOf(hostname);
  switch (found) {
    case undefined:
      warn(`${host} cannot be resolved now; its address is checked at each call.`);
      return entry;
    case 'never':
      throw new Refusal(
        `${host} is a link-local, metadata, multicast or reserved address; such servers are never called.`,
      );
    case 'private':
      if (entry.private !== 'allow' && (entry.private === 'deny' || !isPrivateAllowed))
        throw new Refusal(
          `${host} is a private address, which ${entry.private === 'deny' ? '--private deny forbids' : 'upstream.private forbids; use --private allow'}.`,
        );
      return { ...entry, addressClass: 'private' };
    case 'public':
      // Who allows private addresses by hand knows where the name may lead.
      return { ...entry, addressClass: entry.private === 'allow' ? undefined : 'public' };
  }
}

async function classOf(host: string): ReturnType<ReturnType<typeof createEgress>['classOf']> {
  const egress = createEgress();
  try {
    return await egress.classOf(host);
  } finally {
    await egress.close();
  }
}
