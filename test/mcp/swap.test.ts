import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SwapStream } from '../../src/mcp/index.ts';

const OURS = '"0123456789abcdef01234567-1"';

/** The bytes in pieces that end at these borders. */
function pieces(bytes: Buffer, borders: readonly number[]): Buffer[] {
  const cuts = [0, ...borders.toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

function swapped(parts: readonly Buffer[], to: string): { text: string; hits: number } {
  const swap = new SwapStream(OURS, to);
  const out = parts.map((part, i) => Buffer.from(swap.push(part, i === parts.length - 1)));
  return { text: Buffer.concat(out).toString('utf8'), hits: swap.hits };
}

describe('the id in an answer that arrives in pieces', () => {
  const whole = Buffer.from(`{"jsonrpc":"2.0","id":${OURS},"result":{"text":"é","again":${OURS}}}`);

  it('is swapped wherever the pieces end', () => {
    for (let at = 0; at <= whole.length; at++) {
      const { text, hits } = swapped(pieces(whole, [at]), '"mine"');
      expect(text, `cut at ${at}`).toBe(whole.toString().replaceAll(OURS, '"mine"'));
      expect(hits).toBe(2);
    }
  });

  it('is swapped for any cut into pieces, any id of the client and any text around it', () => {
    const id = fc.oneof(
      fc.integer().map(String),
      fc.string({ unit: 'binary' }).map(text => JSON.stringify(text)),
    );
    const around = fc.string({ unit: fc.constantFrom('"', '0', '1', 'é', 'a', ',') });
    const cuts = fc.array(fc.nat(60));
    fc.assert(
      fc.property(id, around, around, cuts, (to, before, after, borders) => {
        const bytes = Buffer.from(`${before}${OURS}${after}`);
        const inside = borders.map(border => border % (bytes.length + 1));
        // By a function: the client's id may hold `$&`.
        expect(swapped(pieces(bytes, inside), to).text).toBe(
          bytes.toString('utf8').replaceAll(OURS, () => to),
        );
      }),
    );
  });

  it('holds nothing back but what may be its beginning', () => {
    const swap = new SwapStream(OURS, '7');
    expect(swap.push(Buffer.from('{"a":1}')).toString()).toBe('{"a":1}');
    expect(swap.push(Buffer.from('{"id":"0123')).toString()).toBe('{"id":');
    expect(swap.push(Buffer.from('999"}'), true).toString()).toBe('"0123999"}');
  });
});

describe('an answer without our id', () => {
  it.each([
    ['unquoted', OURS.slice(1, -1)],
    ['longer', OURS.replace('-1"', '-12"')],
    ['in other letters', OURS.toUpperCase()],
    ['of another leg', OURS.replace('0', 'f')],
  ])('has no hit and stays as it is: %s', (_, id) => {
    const bytes = Buffer.from(`{"id":${id}}`);
    expect(swapped(pieces(bytes, [9, 20]), '"mine"')).toEqual({ text: bytes.toString(), hits: 0 });
  });

  it('that ends within what may be the id gives its last bytes too', () => {
    const bytes = Buffer.from(`{"id":${OURS.slice(0, 12)}`);
    expect(swapped([bytes], '7').text).toBe(bytes.toString());
  });
});
