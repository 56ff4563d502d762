import { z } from 'zod';
import { Fault, toFault } from '../../../base/index.ts';
import type { ServerEntry } from '../../../mcp/index.ts';
import type { ConnectionKey } from '../../../store/index.ts';
import type { ConnectionView } from '../../../upstream/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import type { Asker } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';

/** An account at a server: who gave it, what for, since and until when. Never a token. */
export const accountFields = {
  state: z.enum(['never', 'connected', 'ended']),
  issuer: z.string().nullable(),
  scopes: z.array(z.string()),
  since: z.string().nullable(),
  refreshed: z.string().nullable(),
  /** Of the token of this moment. */
  expires: z.string().nullable(),
  /** New tokens come by themselves. */
  refreshes: z.boolean(),
};

type Shown = { readonly [K in keyof typeof accountFields]: z.input<(typeof accountFields)[K]> };

export function showAccount(view: ConnectionView | undefined): Shown {
  return {
    state: view?.state ?? 'never',
    issuer: view?.issuer ?? null,
    scopes: [...(view?.scopes ?? [])],
    since: isoTime(view?.connectedAt),
    refreshed: isoTime(view?.refreshedAt),
    expires: isoTime(view?.expiresAt),
    refreshes: view?.isRefreshable ?? false,
  };
}

export const link = z.object({ url: z.string() });
export const removed = z.object({ removed: z.boolean() });

const nameOf = ({ server, userId }: ConnectionKey) => `${server}/${userId ?? 'gateway'}`;

async function viewAt(kit: ApiKit, { server, userId }: ConnectionKey): Promise<ConnectionView | undefined> {
  return (await kit.connections.list(userId)).find(one => one.server === server);
}

/** Not the request was wrong, but what stands behind the gateway. */
function asBadGateway(thrown: unknown): Fault {
  const { fault, message, status, data } = toFault(thrown);
  if (fault === 'internal') throw thrown;
  return new Fault(fault, { says: message, status: status === 200 ? 502 : status, ...(data && { data }) });
}

/** New tokens for an account, now. Faults: `conflict` where somebody has to connect, else what went wrong. */
export async function refreshAccount(kit: ApiKit, asked: Asker, entry: ServerEntry, key: ConnectionKey) {
  const lease = await kit.connections.refreshNow(entry, key.userId).catch(thrown => {
    throw asBadGateway(thrown);
  });
  const outcome = lease.kind === 'ready' ? 'refreshed' : lease.why;
  await audit(kit, asked, { action: 'connection.refresh', target: nameOf(key), after: { outcome } });
  if (lease.kind === 'ready') return { server: entry.name, ...showAccount(await viewAt(kit, key)) };
  const says =
    lease.why === 'never'
      ? `There is no account at ${entry.name}; connect one first`
      : `The account at ${entry.name} has ended; connect it again`;
  throw new Fault('conflict', { says });
}

/** Faults `not_found` where there is none. */
export async function removeAccount(kit: ApiKit, asked: Asker, key: ConnectionKey) {
  const [before] = (await kit.connections.listAt(key.server)).filter(one => one.person === key.userId);
  if (!before || !(await kit.connections.remove(key)))
    throw new Fault('not_found', { says: 'There is no such account' });
  const { issuer, scopes, since } = showAccount(before);
  const target = nameOf(key);
  await audit(kit, asked, { action: 'connection.remove', target, before: { issuer, scopes, since } });
  return { removed: true };
}
