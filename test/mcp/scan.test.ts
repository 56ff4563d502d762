import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/index.ts';
import { elements, isObjectAt, members } from '../../src/mcp/index.ts';

const textAt = (bytes: Buffer, range: { start: number; end: number } | undefined) =>
  range && bytes.toString('utf8', range.start, range.end);

const scanned = (text: string) => {
  const bytes = Buffer.from(text);
  return Object.fromEntries([...members(bytes)].map(([key, range]) => [key, textAt(bytes, range)]));
};

describe('the members of an object', () => {
  it('are found as the bytes that came, white space and spelling included', () => {
    expect(scanned(' { "a" : 1.10 ,\n"b":{"a":[1, {"x":"}"}]},"c":"\\"]}" , "d":null\t}')).toEqual({
      a: '1.10',
      b: '{"a":[1, {"x":"}"}]}',
      c: '"\\"]}"',
      d: 'null',
    });
  });

  it('have their names decoded, so that an escaped name is the same name', () => {
    expect(scanned('{"n\\u0061me":1,"\\"":2,"":3}')).toEqual({ name: '1', '"': '2', '': '3' });
  });

  it('are those that JSON.parse sees, for any object', () => {
    const key = fc.string({ unit: 'binary' }).filter(name => name !== '__proto__');
    const spaced = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), spaced, (object, space) => {
        const bytes = Buffer.from(JSON.stringify(object, null, space));
        const parsed = Object.entries(JSON.parse(bytes.toString()));
        const found = [...members(bytes)].map(([name, range]) => [
          name,
          JSON.parse(textAt(bytes, range) ?? ''),
        ]);
        expect(found).toEqual(parsed);
      }),
    );
  });

  it.each([
    ['twice the same', '{"a":1,"a":2}'],
    ['once escaped', '{"name":"safe","n\\u0061me":"unsafe"}'],
    ['twice __proto__', '{"__proto__":1,"__proto__":2}'],
  ])('with a name %s are refused: two readers would disagree [T4]', (_, text) => {
    expect(() => members(Buffer.from(text))).toThrow(Fault);
  });

  it('named __proto__ are members like any other [T5]', () => {
    expect([...members(Buffer.from('{"__proto__":{"isAdmin":true}}')).keys()]).toEqual(['__proto__']);
  });

  it('end where the bytes end, also in an object that was cut off', () => {
    for (const cut of ['{', '{"a', '{"a"', '{"a":', '{"a":"x\\', '{"a":[{', '{"a":1,'])
      expect([...members(Buffer.from(cut)).values()].every(({ end }) => end <= cut.length)).toBe(true);
  });
});

describe('the elements of an array', () => {
  it('are those that JSON.parse sees, for any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (array, space) => {
        const bytes = Buffer.from(JSON.stringify(array, null, space));
        const found = elements(bytes, 0).map(range => JSON.parse(textAt(bytes, range) ?? ''));
        expect(found).toEqual(JSON.parse(bytes.toString()));
      }),
    );
  });

  it('keep a number as it was spelt', () => {
    const bytes = Buffer.from('[1.10, 1187563421998473216,-0]');
    const found = elements(bytes, 0).map(range => textAt(bytes, range));
    expect(found).toEqual(['1.10', '1187563421998473216', '-0']);
  });
});

it('only what opens with a brace is an object', () => {
  const bytes = Buffer.from('{"a":{},"b":[],"c":"{"}');
  const found = members(bytes);
  expect(['a', 'b', 'c', 'd'].map(name => isObjectAt(bytes, found.get(name)))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
