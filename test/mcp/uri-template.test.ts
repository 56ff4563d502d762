import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasLiteralScheme, matchesTemplate } from '../../src/mcp/index.ts';

describe('a URI template', () => {
  it.each([
    ['file:///{path}', 'file:///etc/hosts', true],
    ['db://{table}/rows/{id}', 'db://users/rows/7', true],
    ['db://{table}/rows{?limit,offset}', 'db://users/rows?limit=1', true],
    ['note://fixed', 'note://fixed', true],
    ['note://fixed', 'note://fixed2', false],
    ['db://{table}/rows/{id}', 'db://users/7', false],
    ['db://{table}/rows', 'db://users/rows/7', false],
    ['a://{x}ab', 'a://ab', true],
    ['a://a{x}a', 'a://a', false],
    ['file:///{path}', 'http:///etc', false],
  ])('%s covers %s: %s', (template, uri, isCovered) => {
    expect(matchesTemplate(template, uri)).toBe(isCovered);
  });

  it('covers each of its expansions', () => {
    const word = fc.stringMatching(/^[a-z0-9.-]{0,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word)), word, (parts, last) => {
        const template = `x://${parts.map(([text, name]) => `${text}{${name}}`).join('')}${last}`;
        const expanded = `x://${parts.map(([text, name]) => `${text}${name}`).join('')}${last}`;
        expect(matchesTemplate(template, expanded)).toBe(true);
      }),
    );
  });

  it.each(['{+uri}', '{scheme}://x', 'f{x}:///a', '', '/relative/{x}', '://x'])(
    '%j has no scheme of its own and would claim the URIs of others [T39]',
    template => expect(hasLiteralScheme(template)).toBe(false),
  );

  it('with a scheme has one, in any letters', () => {
    expect(['file:///{x}', 'DB+x://{y}', 'urn:{z}'].map(hasLiteralScheme)).toEqual([true, true, true]);
  });

  it('that would make a regular expression explode costs no time [T47]', () => {
    const template = `x://${'{a}a'.repeat(2000)}b`;
    const startedAt = performance.now();
    expect(matchesTemplate(template, `x://${'a'.repeat(100_000)}c`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
