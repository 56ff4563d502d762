import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPLAY_LIMITS, Recordings } from '../../src/proxy/index.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';

type Source = Parameters<Recordings['begin']>[1];
type Session = NonNullable<Source['session']>;

let clock: TestClock;
let recordings: Recordings;
let abandoned: number;
const make = (limits = {}) => new Recordings(clock, { ...REPLAY_LIMITS, ...limits });
beforeEach(() => {
  clock = createClock();
  recordings = make();
  abandoned = 0;
});
afterEach(() => recordings.close());

const session = (key: string) => ({ key, principal: 'alice' }) as Session;
const mine = session('mine');
const begin = (kind: 'get' | 'post' = 'post', of = mine) =>
  recordings.begin(
    kind,
    { session: of, entry: { server: 'echo' } },
    { attach: () => {}, abandon: () => void abandoned++, bytes: 0 },
  );
const frame = (text: string) => Buffer.from(`data: ${text}\n\n`);
const eventsAfter = (id: string, by = mine) => {
  const found = recordings.find(id, by);
  return found.recording?.after(found.after).map(String);
};

describe('a recorded stream', () => {
  it('gives each event an id of its own, and what came after any of them', () => {
    const one = begin();
    const told = ['a', 'b', 'c'].map(text => one.add(frame(text)).toString());
    expect(told.map(text => text.slice(text.indexOf('\n') + 1))).toEqual(
      ['a', 'b', 'c'].map(String).map(text => frame(text).toString()),
    );
    expect(told.every(text => /^id: p[\w-]{22}-[1-3]\n/.test(text))).toBe(true);
    expect(eventsAfter(`${one.id}-1`)).toEqual(told.slice(1));
    expect(eventsAfter(`${one.id}-0`)).toEqual(told);
    expect(begin().id).not.toBe(one.id);
  });

  it('is found by its own session alone, and for events that were sent alone [T46]', () => {
    const one = begin();
    one.add(frame('a'));
    expect(eventsAfter(`${one.id}-1`)).toEqual([]);
    expect(eventsAfter(`${one.id}-2`)).toBeUndefined();
    expect(eventsAfter(`${one.id}-1`, session('other'))).toBeUndefined();
    expect(eventsAfter(one.id)).toBeUndefined();
  });

  it('keeps 256 KB, the last of them, and says where something is missing', () => {
    const one = begin();
    for (let n = 0; n < 40; n++) one.add(frame('x'.repeat(10_000)));
    expect(one.bytes).toBeLessThanOrEqual(256 * 1024 + 512);
    expect(eventsAfter(`${one.id}-0`)?.length).toBeGreaterThan(20);
    expect(one.hasGap(0)).toBe(true);
    expect(one.hasGap(39)).toBe(false);
    expect(one.hasGap(40)).toBe(false);
  });

  it('sends an event above that without an id, as it came', () => {
    const one = begin();
    const large = frame('x'.repeat(256 * 1024));
    expect(one.add(large)).toBe(large);
    expect(one.last).toBe(0);
  });

  it('is forgotten five minutes after its end, and ended when nobody came back for so long', () => {
    const [ended, left, met] = [begin(), begin(), begin()];
    ended.end();
    left.left();
    met.left();
    clock.pass(4 * 60_000);
    met.met();
    recordings.sweep();
    expect([recordings.size, abandoned]).toEqual([3, 0]);
    clock.pass(60_000);
    expect(eventsAfter(`${ended.id}-0`)).toBeUndefined();
    recordings.sweep();
    expect([recordings.size, abandoned]).toEqual([1, 1]);
    expect(recordings.find(`${met.id}-0`, mine).recording).toBe(met);
  });

  it('that goes on gives up events older than five minutes', () => {
    const one = begin('get');
    one.add(frame('old'));
    clock.pass(5 * 60_000 + 1);
    const told = one.add(frame('new')).toString();
    recordings.sweep();
    expect(eventsAfter(`${one.id}-0`)).toEqual([told]);
    expect(one.hasGap(0)).toBe(true);
  });

  it('knows what was said while nobody was there, and tells it once', () => {
    const one = begin('get');
    one.add(frame('heard'));
    one.left();
    one.add(frame('unheard'));
    expect(one.takeUnsent().map(String)).toEqual([frame('unheard').toString()]);
    expect(one.takeUnsent()).toEqual([]);
  });
});

describe('all of them together', () => {
  it('keep within their limit: those that were quiet longest lose what they kept', () => {
    recordings = make({ allBytes: 100_000 });
    const [quiet, done, busy] = [begin(), begin(), begin()];
    quiet.add(frame('x'.repeat(30_000)));
    done.add(frame('x'.repeat(30_000)));
    done.end();
    for (let n = 0; n < 6; n++) busy.add(frame('x'.repeat(12_000)));
    expect(recordings.bytes).toBeLessThanOrEqual(100_000);
    expect(quiet.hasGap(0)).toBe(true);
    expect(eventsAfter(`${busy.id}-0`)).toHaveLength(6);
    recordings.drop(quiet);
    recordings.drop(busy);
    recordings.drop(done);
    expect(recordings.bytes).toBe(0);
  });

  it('of one person wait for their client in 32 GET streams at most, the last of them', () => {
    const all = Array.from({ length: 33 }, (_, n) => begin('get', session(`s-${n}`)));
    for (const one of all) one.left();
    expect([recordings.size, abandoned]).toEqual([32, 1]);
    expect(recordings.find(`${all[0]?.id}-0`, session('s-0'))).toEqual({ recording: undefined, kind: 'get' });
  });
});
