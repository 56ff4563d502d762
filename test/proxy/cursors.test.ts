import { beforeEach, describe, expect, it } from 'vitest';
import { deriveKey, Seal, Secret, type ServerName } from '../../src/base/index.ts';
import { Cursors } from '../../src/proxy/index.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';

type Call = Parameters<Cursors['read']>[0];
const POSITION = { after: 'home_read', index: 3 };

let clock: TestClock;
let cursors: Cursors;
beforeEach(() => {
  clock = createClock();
  cursors = new Cursors(
    new Seal(deriveKey(new Secret('a master secret of the tests'), 'cursor'), 'c1'),
    clock,
  );
});

/** A request of a list, as far as a cursor looks at it. */
const call = (cursor?: unknown, { principal = 'alice', server = '', method = 'tools/list' } = {}) =>
  ({
    caller: { principal },
    place: server === '' ? { kind: 'all' } : { kind: 'one', server: server as ServerName },
    message: { method, params: cursor === undefined ? {} : { cursor } },
  }) as Call;

const refusal = expect.objectContaining({ fault: 'invalid_params', code: -32602 });

describe('a cursor', () => {
  it('leads to where the list goes on, for the same person, endpoint and list', () => {
    expect(cursors.read(call(cursors.make(call(), POSITION)))).toEqual(POSITION);
    expect(cursors.read(call())).toBeUndefined();
  });

  it.each([
    ['another person', { principal: 'bob' }],
    ['another endpoint', { server: 'home' }],
    ['another list', { method: 'prompts/list' }],
  ])('is good for nobody and nothing else: %s [T46]', (_, other) => {
    const cursor = cursors.make(call(), POSITION);
    expect(() => cursors.read(call(cursor, other))).toThrow(refusal);
    expect(() => cursors.read(call(cursors.make(call(undefined, other), POSITION)))).toThrow(refusal);
  });

  it('ends after an hour', () => {
    const cursor = cursors.make(call(), POSITION);
    clock.pass(3_600_000);
    expect(cursors.read(call(cursor))).toEqual(POSITION);
    clock.pass(1);
    expect(() => cursors.read(call(cursor))).toThrow(refusal);
  });

  it.each(['', 'x', 7, null, {}, [], true, 'A'.repeat(100_000), '{"after":"a","index":0,"at":9e15}'])(
    'that is not ours is refused: %j',
    cursor => expect(() => cursors.read(call(cursor))).toThrow(refusal),
  );
});
