import { isWithin } from '../../policy/index.ts';
import { type Definition, type Lists, NO_LISTS } from '../definition.ts';
import type { Offer } from '../offer.ts';

/** What a server offers, to nobody in particular. */
export type Overview = Pick<Offer, 'hello' | 'lists' | 'readAt'>;

/** Of two definitions of one name the one that may do more. */
function graver(one: Definition | undefined, other: Definition): Definition {
  const [before, now] = [one?.traits?.tier, other.traits?.tier];
  return one && (!before || !now || isWithin(now, before)) ? one : other;
}

function united(lists: readonly (readonly Definition[])[]): readonly Definition[] {
  const found = new Map<string, Definition>();
  for (const definition of lists.flat())
    found.set(definition.key, graver(found.get(definition.key), definition));
  return [...found.values()];
}

/** What the accounts at a server are offered, without whose it is. Which resources somebody has is theirs to know. */
export function overviewOf(offers: readonly Offer[]): Overview | undefined {
  const [latest] = [...offers].sort((a, b) => b.readAt - a.readAt);
  const of = (list: keyof Lists) => united(offers.map(({ lists }) => lists[list]));
  return (
    latest && {
      hello: latest.hello,
      lists: {
        ...NO_LISTS,
        tools: of('tools'),
        prompts: of('prompts'),
        resourceTemplates: of('resourceTemplates'),
      },
      readAt: latest.readAt,
    }
  );
}
