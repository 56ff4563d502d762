import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, Feed, Ledger, type Told } from '../../src/ledger/index.ts';
import { createClock } from '../auth/support/world.ts';

let ledger: Ledger;
let feed: Feed;
beforeEach(() => {
  const store = { writeLedger: async () => {} };
  ledger = new Ledger({ store, clock: createClock(), log: createLog('silent') });
  feed = new Feed(ledger);
});
afterEach(async () => {
  feed.close();
  await ledger.stop();
});

const from = { at: 0, startedAt: 0, address: '', path: '/mcp', userAgent: undefined };
const happen = (first: number, count: number) => {
  for (let n = first; n < first + count; n++) ledger.close(ledger.open({ ...from, id: `${n}` }));
};
const everything = () => true;
const idsOf = (told: readonly Told[] | undefined) =>
  told?.map(one => (one.kind === 'missed' ? `missed ${one.count}` : one.row.id));

describe('a reader that is too slow', () => {
  it('is told how much was left out, has the newest, and keeps no more than that in memory', async () => {
    const [slow, quick] = [feed.read({ isWanted: everything }), feed.read({ isWanted: everything })];
    let read = 0;
    for (let n = 0; n < 50; n++) {
      happen(n * 100, 100);
      read += (await quick.take(1000))?.length ?? 0;
    }
    expect(read).toBe(5000);
    const taken = idsOf(await slow.take(1000));
    expect(taken?.[0]).toBe('missed 4000');
    expect(taken?.slice(1)).toEqual(Array.from({ length: 1000 }, (_, n) => `${4000 + n}`));
    happen(5000, 1);
    expect(idsOf(await slow.take(1000))).toEqual(['5000']);
  });
});

describe('a reader that comes back', () => {
  it('goes on after what it read, also when everybody was gone', async () => {
    const first = feed.read({ isWanted: everything });
    happen(0, 3);
    const taken = await first.take(1000);
    first.close();
    happen(3, 10);
    const again = feed.read({ isWanted: everything, after: taken?.[1]?.id });
    expect(idsOf(await again.take(1000))).toEqual(Array.from({ length: 11 }, (_, n) => `${n + 2}`));
  });

  it('is told that something is missing where too much came since', async () => {
    const first = feed.read({ isWanted: everything });
    happen(0, 1);
    const [one] = (await first.take(1000)) ?? [];
    happen(1, 10_000);
    const again = feed.read({ isWanted: everything, after: one?.id });
    expect(idsOf(await again.take(1000))).toEqual(['missed undefined']);
  });

  it('has nothing missing where only what it does not want came since', async () => {
    const isWanted = () => false;
    const first = feed.read({ isWanted });
    happen(0, 5000);
    const again = feed.read({ isWanted, after: first.id });
    expect(await again.take(1)).toEqual([]);
  });
});

describe('the feed', () => {
  it('has a limit of readers, and a place again when one is gone', () => {
    const readers = Array.from({ length: 100 }, () => feed.read({ isWanted: everything }));
    expect(() => feed.read({ isWanted: everything })).toThrow(
      expect.objectContaining({ fault: 'overloaded' }),
    );
    readers[7]?.close();
    expect(feed.read({ isWanted: everything })).toBeDefined();
  });

  it('ends for everybody who waits', async () => {
    const waiting = feed.read({ isWanted: everything }).take(60_000);
    feed.close();
    expect(await waiting).toBeUndefined();
  });

  it('answers with nothing after a while in which nothing happened', async () => {
    expect(await feed.read({ isWanted: everything }).take(5)).toEqual([]);
  });
});
