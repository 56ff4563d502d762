import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, Policy, patternProblem, type Rule } from '../../src/policy/index.ts';
import { mayByTheBook } from './support/oracle.ts';
import { SEED } from './support/worlds.ts';

const WHO = { user: 'alice', role: 'user', groups: [] } as never;

function ruleOf(pattern: string): Rule {
  return {
    ...{ id: 'r', effect: 'allow', subject: { kind: 'everybody' }, server: '*', kind: 'prompt', pattern },
    ...{ tier: undefined, note: undefined, createdAt: 0, createdBy: 'test' },
  };
}

const itemOf = (name: string): Item => ({ kind: 'prompt', name, tier: 'read' });

function matches(pattern: string, name: string): boolean {
  const policy = new Policy({ rules: [ruleOf(pattern)], switches: new Map() });
  return policy.rightsOf(WHO).permits('s' as never, itemOf(name));
}

describe('a pattern', () => {
  it.each([
    ['*', '', true],
    ['home_*', 'home_turn_on', true],
    ['home_*', 'xhome_turn_on', false],
    ['*_on', 'home_turn_on', true],
    ['*_on', 'home_turn_on2', false],
    ['ab*ab', 'ab', false],
    ['ab*ab', 'abab', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['a**b', 'ab', true],
    ['*aa*aa*', 'aaa', false],
    ['?', '😀', true],
    ['??', '😀', false],
    ['a?c', 'a\nc', true],
    ['?*', '', false],
    ['[a-c]+.(x|y)$', '[a-c]+.(x|y)$', true],
    ['[a-c]', 'b', false],
    ['a.c', 'abc', false],
    ['READ', 'read', false],
    ['{id}', '{id}', true],
    ['é', 'e\u0301', false],
    ['__proto__', '__proto__', true],
    ['constructor', 'toString', false],
  ])('%j against %j: %j', (pattern, name, expected) => expect(matches(pattern, name)).toBe(expected));

  it(`matches as an expression of the same meaning does (10000 cases, seed ${SEED})`, () => {
    const text = (letters: string) =>
      fc.array(fc.constantFrom(...letters), { maxLength: 9 }).map(all => all.join(''));
    fc.assert(
      fc.property(text('ab*?😀/'), text('ab😀/'), (pattern, name) => {
        const one = { rules: [ruleOf(pattern)], switches: new Map(), who: WHO };
        expect(matches(pattern, name)).toBe(mayByTheBook(one, 's' as never, itemOf(name)));
      }),
      { numRuns: 10_000, seed: SEED },
    );
  });

  it('made to take long takes no longer than its length', () => {
    const names = [`${'a'.repeat(100_000)}b`, 'ab'.repeat(50_000), 'a'.repeat(100_000)];
    for (const pattern of [
      `${'*a'.repeat(15)}c`,
      `${'a?*'.repeat(7)}x`,
      '*?*?*?*?*?*?*?*y',
      `*${'a'.repeat(200)}c*`,
    ]) {
      expect(patternProblem(pattern)).toBeUndefined();
      const from = performance.now();
      for (const name of names) matches(pattern, name);
      expect(performance.now() - from).toBeLessThan(1_000);
    }
  });
});

describe('a pattern is refused', () => {
  it.each([
    ['that is empty', '', /empty/],
    ['that is too long', 'a'.repeat(257), /256 characters/],
    ['of too many wildcards', '*a'.repeat(17), /16 wildcards/],
    ['of too many question marks', '?'.repeat(17), /16 wildcards/],
    ['with a zero byte', 'a\0b', /control/],
    ['with a line break', 'a\nb', /control/],
    ['with half a surrogate pair', 'a\ud800', /control/],
    ['that turns the direction of the text', 'a\u202eb', /invisible/],
    ['with a joiner that nobody sees', 'a\u200db', /invisible/],
    ['with a byte order mark', '\ufeffa', /invisible/],
  ])('%s', (_, pattern, says) => expect(patternProblem(pattern)).toMatch(says));

  it('but not for being strange', () => {
    for (const pattern of ['*', '**', 'a'.repeat(256), '*'.repeat(16), '日本*', '{+uri}', "';--", '../..'])
      expect(patternProblem(pattern)).toBeUndefined();
  });
});
