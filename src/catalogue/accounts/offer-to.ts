import type { UserId } from '../../base/index.ts';
import { accountKey, isPerPerson, type Profile, type ServerEntry } from '../../mcp/index.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Offer } from '../offer.ts';
import type { Target } from '../target.ts';
import { CONNECT, connectOffer } from './connect-tool.ts';

/** Somebody's accounts at servers where each person has an own one, by `accountKey`. */
export type Accounts = { readonly person: UserId; readonly connected: ReadonlyMap<string, unknown> };

type Who = { readonly profile: Profile; readonly accounts?: Accounts | undefined };

/** Whether each person has an own account at the server, and this one has none. */
export function lacksAccount(entry: ServerEntry, accounts: Accounts | undefined): boolean {
  if (!isPerPerson(entry)) return false;
  return !accounts?.connected.has(accountKey(entry.name, accounts.person));
}

/** Whether what is meant is the gateway's own tool, in the place of those of the server. */
export function isConnectTarget({ item, isListed }: Target, entry: ServerEntry, accounts: Accounts): boolean {
  return lacksAccount(entry, accounts) && isListed && item.kind === 'tool' && item.name === CONNECT;
}

/**
 * What the server offers to this person. Of one that needs an account and has none of this person: the tool that says
 * where to connect one.
 */
export function offerTo(
  entry: ServerEntry,
  { profile, accounts }: Who,
  catalogue: Pick<Catalogue, 'offer'>,
): Offer | undefined {
  if (lacksAccount(entry, accounts)) return connectOffer(entry, profile);
  const isOwn = isPerPerson(entry) && accounts;
  return catalogue.offer(isOwn ? accountKey(entry.name, accounts.person) : entry.name, profile);
}
