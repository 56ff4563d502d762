import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnswer, isAnswerFrame, Wholeness } from '../../src/mcp/index.ts';

const WHOLE = [
  '{}',
  ' {"a":"}"} \r\n',
  '{"a":"\\\\"}',
  '{"a":"\\"{"}',
  '{"é":[1,{"a":"]"}]}',
  '\ufeff{"a":1}',
];
const NOT = [
  '[]',
  '[{"é":[1,"]"]}]',
  '',
  ' ',
  '1',
  '"{}"',
  '{',
  '{}}',
  '{}{}',
  '{"a":"}',
  '{"a":"\\"}',
  '{} x',
  'x {}',
  '[{}',
  '{"a":1}\u0000',
];

const isWhole = (bytes: Buffer) => new Wholeness().push(bytes).isWhole;

describe('whether an answer is whole', () => {
  it.for(WHOLE)('%j is', text => expect(isWhole(Buffer.from(text))).toBe(true));
  it.for(NOT)('%j is not', text => expect(isWhole(Buffer.from(text))).toBe(false));

  it('any JSON text is, however it is cut into pieces, and no part of it is', () => {
    const long = fc.string({ unit: fc.constantFrom('"', '\\', '{', ']', 'a'.repeat(40)), maxLength: 20 });
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.jsonValue(), long));
    fc.assert(
      fc.property(object, fc.array(fc.nat(2000)), fc.boolean(), (value, cuts, isPretty) => {
        const bytes = Buffer.from(JSON.stringify(value, null, isPretty ? 2 : 0));
        const at = [0, ...cuts.map(cut => cut % bytes.length).sort((a, b) => a - b), bytes.length];
        const wholeness = new Wholeness();
        for (const [n, end] of at.slice(1).entries()) {
          if (at[n] === end) continue;
          if (end < bytes.length) expect(wholeness.push(bytes.subarray(at[n], end)).isWhole).toBe(false);
          else expect(wholeness.push(bytes.subarray(at[n], end)).isWhole).toBe(true);
        }
      }),
    );
  });

  it('is seen of a frame too, whatever else stands in it', () => {
    const isSo = (frame: string) => isAnswerFrame(Buffer.from(frame));
    expect(isSo('data: {"result":1}\n\n')).toBe(true);
    expect(isSo('event: message\ndata: {\ndata: "result":1}\n\n')).toBe(true);
    expect(isSo('id: {7\ndata: {"result":1}\n\n')).toBe(true);
    expect(isSo('data: {"result":1}\nid: 7}\n\n')).toBe(true);
    expect(isSo('data: {"result":1}')).toBe(true);
    expect(isSo('data: {"result":')).toBe(false);
    expect(isSo('data: {"result":1}\ndata: {"result":2}\n\n')).toBe(false);
    expect(isSo('data: none\n\n')).toBe(false);
  });
});

describe('whether it is an answer', () => {
  it.for([
    '{"jsonrpc":"2.0","id":1,"result":{"method":"x"}}',
    '{"error":{"method":1},"id":null}',
    '{"r\\u0065sult":[]}',
    `{"x":"${'A'.repeat(1000)}","result":{}}`,
  ])('%s is one', text => expect(isAnswer(Buffer.from(text))).toBe(true));
  it.for([
    '{"jsonrpc":"2.0","id":1}',
    '{"x":{"result":1}}',
    '{"result":{},"method":"x"}',
    '{"result":{},"m\\u0065thod":"x"}',
    '{"result":{},"\\u006D\\u0065\\u0074\\u0068\\u006f\\u0064":"x"}',
    '[{"result":{}}]',
  ])('%s is none', text => expect(isAnswer(Buffer.from(text))).toBe(false));

  it('is told however it is cut into pieces', () => {
    const text = '{"id":"\\\\","result":{},"m\\u0065thod":"x"}';
    for (let at = 1; at < text.length; at++) {
      const wholeness = new Wholeness().push(Buffer.from(text.slice(0, at)));
      expect(wholeness.push(Buffer.from(text.slice(at))).isRequest).toBe(true);
    }
  });

  it('is told by the data of a frame, not by what stands between its lines', () => {
    const isSo = (frame: string) => isAnswerFrame(Buffer.from(frame));
    expect(isSo('data: {"id":1,\nx: "result":1,"x":[\ndata: "method":"m"\nx: ]\ndata: }\n\n')).toBe(false);
    expect(isSo('d: {"result":1,"x":[\ndata: {"method":"m"}\nd: ]}\n\n')).toBe(false);
    expect(isSo('d: {"result":1,"x":[\rdata: {"method":"m"}\rd: ]}\n\n')).toBe(false);
  });
});
