import type { UserId } from '../../base/index.ts';
import { accountKey, isPerPerson, type Profile, type ServerEntry } from '../../mcp/index.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Offer } from '../offer.ts';
import { connectOffer } from './connect-tool.ts';

/** Somebody's accounts at servers where each person has an own one, by `accountKey`. */
export type Accounts = { readonly person: UserId; readonly connected: ReadonlyMap<string, unknown> };

type Who = { readonly profile: Profile; readonly accounts?: Accounts | undefined };

/**
 * What the server offers to this person. Of one that needs an account and has none of this person: the tool that says
 * where to connect one.
 */
export function offerTo(
  entry: ServerEntry,
  { profile, accounts }: Who,
  catalogue: Catalogue,
): Offer | undefined {
  if (!isPerPerson(entry)) return catalogue.offer(entry.name, profile);
  const key = accounts && accountKey(entry.name, accounts.person);
  const isThere = key !== undefined && accounts?.connected.has(key);
  return isThere ? catalogue.offer(key, profile) : connectOffer(entry, profile);
}
