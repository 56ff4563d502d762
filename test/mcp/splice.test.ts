import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { members, splice } from '../../src/mcp/index.ts';

describe('a splice', () => {
  it('replaces its ranges and leaves every other byte as it came', () => {
    const bytes = Buffer.from('{"id" : 1.0e0, "params":{"name":"é"},"x":"\\u00e9"}');
    const found = members(bytes);
    const at = (name: string) => found.get(name) ?? { start: 0, end: 0 };
    const spliced = splice(bytes, [
      { ...at('params'), text: '{"name":"日本"}' },
      { ...at('id'), text: '"ours"' },
    ]);
    expect(spliced.toString()).toBe('{"id" : "ours", "params":{"name":"日本"},"x":"\\u00e9"}');
  });

  it('inserts where a range is empty, also at both ends', () => {
    const bytes = Buffer.from('bc');
    const ends = [
      { start: 0, end: 0, text: 'a' },
      { start: 2, end: 2, text: 'd' },
    ];
    expect(splice(bytes, ends).toString()).toBe('abcd');
  });

  it('without ranges gives the same bytes', () => {
    const bytes = Buffer.from('as it came');
    expect(splice(bytes, [])).toBe(bytes);
  });

  it('gives the same whatever the order of its ranges', () => {
    const cuts = fc.uniqueArray(fc.nat(30), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 31, maxLength: 31 }), cuts, fc.nat(), (array, points, seed) => {
        const bytes = Buffer.from(array);
        const sorted = points.toSorted((a, b) => a - b);
        const ranges = sorted.flatMap((start, i) =>
          i % 2 === 0 && i + 1 < sorted.length ? [{ start, end: sorted[i + 1] ?? start }] : [],
        );
        const splices = ranges.map(({ start, end }, i) => ({ start, end, text: `<${i}é>` }));
        let expected = bytes;
        for (const { start, end, text } of splices.toReversed())
          expected = Buffer.concat([expected.subarray(0, start), Buffer.from(text), expected.subarray(end)]);
        const turned = [...splices.slice(seed % splices.length), ...splices.slice(0, seed % splices.length)];
        expect(splice(bytes, turned)).toEqual(expected);
      }),
    );
  });
});
