import type { ServerName, UserId } from '../base/index.ts';
import { type Era, elements, type ListName, members, type Profile, profileKey } from '../mcp/index.ts';
import type { CatalogueRow, Store } from '../store/index.ts';
import type { Hello } from '../upstream/index.ts';
import { type Definition, hashOf, type Lists, NO_LISTS, readDefinition } from './definition.ts';

/** What one server offers to one credential and profile. */
export type Offer = {
  readonly server: ServerName;
  /** Whose account showed it, where each person has an own one there. */
  readonly person?: UserId | undefined;
  readonly profile: Profile;
  readonly hello: Hello;
  readonly lists: Lists;
  readonly hash: string;
  /** The shortest time for which the server lets a list of it be kept; undefined where its revision says none. */
  readonly ttlMs?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
};

export const LIST_NAMES: readonly ListName[] = ['tools', 'prompts', 'resources', 'resourceTemplates'];

/** As whose the offers to everybody are kept. */
const GATEWAY = 'gateway';

export function makeOffer(from: Omit<Offer, 'hash'>): Offer {
  return { ...from, hash: hashOf(from.lists, from.hello) };
}

/** The offer as the store keeps it: the definitions stay the server's own texts. */
export function toRow(offer: Offer): CatalogueRow {
  const lists = LIST_NAMES.map(
    name => `"${name}":[${offer.lists[name].map(definition => definition.bytes.toString('utf8')).join(',')}]`,
  );
  const body = `{"profile":${JSON.stringify(offer.profile)},"hello":${JSON.stringify(offer.hello)},"ttlMs":${offer.ttlMs ?? null},${lists.join(',')}}`;
  const profile = profileKey(offer.profile);
  return {
    server: offer.server,
    credential: offer.person ?? GATEWAY,
    profile,
    body,
    hash: offer.hash,
    readAt: offer.readAt,
  };
}

function isEra(value: unknown): value is Era {
  return value === 'legacy' || value === 'modern';
}

/** The definitions of the array that stands under `name` in `bytes`, an object. */
function readList(
  bytes: Buffer,
  range: { start: number } | undefined,
  list: ListName,
): readonly Definition[] {
  if (!range) return [];
  return elements(bytes, range.start).flatMap(one => {
    const definition = readDefinition(list, Buffer.from(bytes.subarray(one.start, one.end)));
    return definition ? [definition] : [];
  });
}

/** The kept offer, or undefined when it was written by another version and cannot be read. */
export function fromRow(row: CatalogueRow): Offer | undefined {
  try {
    const bytes = Buffer.from(row.body);
    const value = JSON.parse(row.body) as { profile: Profile; hello: Hello; ttlMs?: number | null };
    if (!isEra(value.profile.era)) return undefined;
    const at = members(bytes);
    const lists = { ...NO_LISTS };
    for (const name of LIST_NAMES) lists[name] = readList(bytes, at.get(name), name);
    return {
      server: row.server,
      person: row.credential === GATEWAY ? undefined : (row.credential as UserId),
      profile: value.profile,
      hello: value.hello,
      lists,
      hash: row.hash,
      ttlMs: value.ttlMs ?? undefined,
      readAt: row.readAt,
    };
  } catch {
    return undefined;
  }
}

/** What the servers offered when they were last read, as far as it can be read. */
export async function keptOffers(store: Pick<Store, 'loadCatalogue'>): Promise<readonly Offer[]> {
  return (await store.loadCatalogue()).flatMap(row => fromRow(row) ?? []);
}
