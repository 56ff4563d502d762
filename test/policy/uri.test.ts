import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerName, UserId } from '../../src/base/index.ts';
import { type Identity, type Item, Policy, type Rule, uriPatternProblem } from '../../src/policy/index.ts';
import { SEED } from './support/worlds.ts';

const HOME = 'home' as ServerName;
const ALICE: Identity = { user: 'alice' as UserId, role: 'user', groups: [] };
const rule = (effect: Rule['effect'], pattern: string): Rule => ({
  ...{ id: `${effect} ${pattern}`, effect, pattern, subject: { kind: 'everybody' }, server: '*' },
  ...{ kind: 'resource', tier: undefined, note: undefined, createdAt: 0, createdBy: 'test' },
});
const uri = (name: string): Item => ({ kind: 'resource', name, tier: 'read' });

function may(name: string, allowed: readonly string[], denied: readonly string[] = []): boolean {
  const rules = [...allowed.map(one => rule('allow', one)), ...denied.map(one => rule('deny', one))];
  const rights = new Policy({ rules, switches: new Map() }).rightsOf(ALICE);
  const verdict = rights.decide(HOME, uri(name)).allowed;
  expect(rights.permits(HOME, uri(name))).toBe(verdict);
  return verdict;
}

/** Other spellings of a character of a path, and what may stand between two segments. */
const hex = (char: string) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
const respelt = (char: string, how: number): string => {
  if (char === '/') return ['/', '//', '/./', '/x/../', '%2f', '%2F', '\\', '%5c', '%252f'][how % 9] ?? '/';
  return (
    [char, hex(char), hex(char).toUpperCase(), char.toUpperCase(), `%25${hex(char).slice(1)}`][how % 5] ??
    char
  );
};
const spelling = (path: string) =>
  fc
    .array(fc.nat(44), { minLength: path.length, maxLength: path.length })
    .map(how => [...path].map((char, at) => respelt(char, how[at] ?? 0)).join(''));
const heads = fc.constantFrom(
  'file:///',
  'FILE:///',
  'File://',
  'file://localhost/',
  'file:////',
  'file:///a/b/../../',
);

describe('a deny', () => {
  it(`holds for every spelling of what it names (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        heads,
        spelling('secret/plan'),
        fc.constantFrom('', '#x', '?', '?q=1', '/', '/x'),
        fc.constantFrom(
          'file:///secret*',
          'FILE:///x/../secret/*',
          '*secret*',
          'file:///%73ecret*',
          'file:*/secret?plan*',
        ),
        (head, path, end, pattern) => {
          expect(may(head + path + end, ['*'], [pattern])).toBe(false);
        },
      ),
      { numRuns: 5_000, seed: SEED },
    );
  });

  it.each([
    ['HTTP://Example.COM/secret', 'http://example.com/secret'],
    ['http://example.com:80/secret', 'http://example.com/secret'],
    ['http://example.com./secret', 'http://example.com/secret'],
    ['http://somebody@example.com/secret', 'http://example.com/secret'],
    ['note://list?name=%73ecret', 'note://list?name=secret'],
    ['note://list?name=SECRET', 'note://list?name=secret'],
    ['file:///secret#part', 'file:///secret'],
    ['file:///ｓecret', 'file:///secret'],
    ['note://secret/', 'NOTE://SECRET/*'],
  ])('of %s is one of %s', (asked, denied) => expect(may(asked, ['*'], [denied])).toBe(false));

  it('leaves alone what it does not name', () => {
    for (const other of [
      'file:///public',
      'file:///secre',
      'file:///a/secrets',
      'note://x?y=secret',
      'urn:a:b',
    ])
      expect([other, may(other, ['*'], ['file:///secret', 'note://secret/*'])]).toEqual([other, true]);
  });
});

describe('an allow', () => {
  it.each([
    'file:///pub/../secret',
    'file:///pub/%2e%2e/secret',
    'file:///pub/%2E./secret',
    'file:///pub/..%2fsecret',
    'file:///pub/%2e%2e%2fsecret',
    'file:///pub/..%5csecret',
    'file:///pub/..\\secret',
    'file:///pub/%252e%252e%252fsecret',
    'file:///pub/%25252e%25252e/secret',
    'file:///pub/..;/secret',
    'file:///pub/．．/secret',
    'file:///pub/%c0%ae%c0%ae/secret',
    'file:///pub/.\t./secret',
    'file:///pub/x%00/../../secret',
    'file:///pub%2Fx',
    'file:///pub/a?b=../secret',
    'file:///PUB/x',
    `file:///pub/%${'25'.repeat(40)}2e%2e/x`,
    ' file:///pub/x',
  ])('does not reach %s', asked => expect(may(asked, ['file:///pub/*'])).toBe(false));

  it.each([
    'file:///pub/x',
    'FILE:///pub/x',
    'file:///%70ub/x',
    'file:///secret/../pub/x',
    'file:///pub/./x',
    'file:///pub/a..b/.hidden/...',
    'file:///pub/100%25',
    'file:///pub/über uns',
    'file:///pub/%C3%BCber',
    'file:///pub/x?since=1.5&to=..',
  ])('reaches %s', asked => expect(may(asked, ['file:///pub/*'])).toBe(true));

  it('is read in the same spelling', () => {
    for (const pattern of ['FILE:///%70ub/*', 'file://LOCALHOST/pub/*', 'file:///a/../pub/*'])
      expect([pattern, may('file:///pub/x', [pattern])]).toEqual([pattern, true]);
  });

  it('never reaches what no rule can decide about, administrators not excepted', () => {
    const rights = new Policy({ rules: [], switches: new Map() }).rightsOf({ ...ALICE, role: 'admin' });
    expect(rights.decide(HOME, uri('file:///pub/..%2fsecret'))).toEqual({
      ...{ allowed: false, because: { kind: 'unclear uri' } },
    });
    expect(rights.permits(HOME, uri('file:///secret'))).toBe(true);
    expect(rights.permits(HOME, { kind: 'tool', name: '../odd', tier: 'read' })).toBe(true);
  });
});

it('a pattern with segments of dots is refused', () => {
  for (const bad of ['file:///a/../b', '..', 'a/./b', 'file:///%2e%2e/x', 'x\\..\\y', `%${'25'.repeat(40)}`])
    expect([bad, uriPatternProblem(bad)]).toEqual([bad, expect.stringContaining('segments')]);
  for (const good of ['*', 'file:///*', 'a.b', '?.?', '*..*', 'x://y/.z', 'x?y=..'])
    expect([good, uriPatternProblem(good)]).toEqual([good, undefined]);
});
