import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;

describe.each(dialects)('kept views on %s', dialect => {
  let place: Place;
  let stores: readonly [Store, Store];
  let person: User;
  beforeEach(async () => {
    place = await createPlace(dialect);
    stores = [await place.open(), await place.open()];
    const asked = { name: 'alice', email: undefined, passwordHash: 'h', role: 'user' } as const;
    person = (await stores[0].createUser(asked, NOW)) as User;
  });
  afterEach(() => place.remove());

  const view = (id: string, name = id) => ({
    ...{ id, name, userId: person.id, address: '/admin/people?q=a', madeAt: NOW },
  });

  it('are as many as are allowed where two processes keep them at once', async () => {
    const kept = Array.from({ length: 30 }, (_, at) =>
      (at % 2 === 0 ? stores[0] : stores[1]).keptViews.add(view(`view-${at}`), 20),
    );
    const outcomes = await Promise.all(kept);
    expect(outcomes.filter(outcome => outcome === 'done')).toHaveLength(20);
    expect(outcomes.filter(outcome => outcome === 'too_many')).toHaveLength(10);
    expect(await stores[1].keptViews.list(person.id)).toHaveLength(20);
  });

  it('have a name each, also where two processes give it at once', async () => {
    const [one, two] = stores;
    const outcomes = await Promise.all([
      one.keptViews.add(view('a', 'Mail'), 20),
      two.keptViews.add(view('b', 'Mail'), 20),
    ]);
    expect([...outcomes].sort()).toEqual(['done', 'name_taken']);
    await one.keptViews.add(view('c', 'Other'), 20);
    expect(await two.keptViews.rename(person.id, 'c', 'Mail')).toBe('name_taken');
    expect(await two.keptViews.rename(person.id, 'c', 'Third')).toBe('done');
    expect(await two.keptViews.rename(person.id, 'none', 'Fourth')).toBe('not_found');
    expect(await one.keptViews.remove(person.id, 'c')).toBe(true);
    expect(await two.keptViews.remove(person.id, 'c')).toBe(false);
    expect((await two.keptViews.list(person.id)).map(({ name }) => name)).toEqual(['Mail']);
  });
});
