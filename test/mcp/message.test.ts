import { describe, expect, it } from 'vitest';
import { toFault } from '../../src/base/index.ts';
import { idTextOf, type Message, readBody, readMessage } from '../../src/mcp/index.ts';

function messageOf(text: string | Buffer): Message {
  const [one] = readBody(Buffer.from(text)).values;
  if (!one) throw new Error('no message');
  return readMessage(one.value, one.bytes);
}

function codeOf(work: () => unknown): number | undefined {
  try {
    work();
  } catch (error) {
    return toFault(error).code;
  }
  return undefined;
}

const request = (members: string) => `{"jsonrpc":"2.0",${members}}`;

describe('a message', () => {
  it.each([
    ['"a string"', 'a string', '"a string"'],
    ['""', '', '""'],
    ['0', 0, '0'],
    ['-7', -7, '-7'],
    ['1.0', 1, '1.0'],
    ['"\\u0061"', 'a', '"\\u0061"'],
  ])('may have the id %s, which is kept as it was spelt', (text, id, idText) => {
    expect(messageOf(request(`"id":${text},"method":"ping"`))).toMatchObject({ kind: 'request', id, idText });
  });

  it('is a request, a notification or a response by what it holds', () => {
    expect(messageOf(request('"id":1,"method":"x","result":{}')).kind).toBe('request');
    expect(messageOf(request('"method":"x"')).kind).toBe('notification');
    expect(messageOf(request('"id":1,"result":{}')).kind).toBe('response');
    expect(messageOf(request('"id":"s","error":{"code":1,"message":""}')).kind).toBe('response');
  });

  it('knows where its params stand, so that the rest can go on as it came', () => {
    const message = messageOf(request('"id":1,"method":"tools/call","params": {"name":"x","n":1.10}'));
    const at = message.paramsAt?.get('n');
    expect(at && message.bytes.toString('utf8', at.start, at.end)).toBe('1.10');
  });

  it.each([
    ['no JSON-RPC', '{"id":1,"method":"x"}', -32600],
    ['another JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"x"}', -32600],
    ['id null', request('"id":null,"method":"x"'), -32600],
    ['fractional id', request('"id":1.5,"method":"x"'), -32600],
    ['boolean id', request('"id":true,"method":"x"'), -32600],
    ['id of an object', request('"id":{},"method":"x"'), -32600],
    ['infinite id', request('"id":1e999,"method":"x"'), -32600],
    ['method of a number', request('"id":1,"method":7'), -32600],
    ['nothing to say', request('"id":1'), -32600],
    ['a response without id', request('"result":{}'), -32600],
    ['params of an array', request('"id":1,"method":"x","params":[]'), -32602],
    ['params null', request('"id":1,"method":"x","params":null'), -32602],
    ['a string', '"hello"', -32600],
    ['null', 'null', -32600],
    ['a number', '42', -32600],
    ['a key given twice', request('"id":1,"method":"x","method":"y"'), -32600],
    ['a key of params given twice', request('"id":1,"method":"x","params":{"name":"a","name":"b"}'), -32600],
    [
      'a key of params given twice, once escaped',
      request('"id":1,"method":"x","params":{"name":"a","n\\u0061me":"b"}'),
      -32600,
    ],
  ])('is refused with %s [T4]', (_, text, code) => {
    expect(codeOf(() => messageOf(text))).toBe(code);
  });

  it('takes nothing from __proto__ [T5]', () => {
    const hidden = '"__proto__":{"id":1,"method":"tools/call","params":{"name":"x"}}';
    expect(codeOf(() => messageOf(request(hidden)))).toBe(-32600);
    expect(messageOf(request(`"method":"x",${hidden}`))).toMatchObject({ kind: 'notification', params: {} });
  });

  it('that is malformed has its id named, if it has a good one', () => {
    expect([{ id: 7 }, { id: 'x"' }, { id: null }, { id: 1.5 }, {}, null, []].map(idTextOf)).toEqual([
      '7',
      '"x\\""',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a body', () => {
  it.each([
    ['empty', ''],
    ['only space', '  '],
    ['no JSON', '{"jsonrpc":'],
    ['two values', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['half a character', Buffer.from([0x22, 0xc3, 0x22])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['opened and never closed', '['.repeat(200_000)],
  ])('is a parse error: %s', (_, text) => {
    expect(codeOf(() => readBody(Buffer.from(text)))).toBe(-32700);
  });

  it('of many messages gives each with its own bytes', () => {
    const { isBatch, values } = readBody(Buffer.from(' [ {"a":"é"} ,{"b":[1]}]'));
    expect(isBatch).toBe(true);
    expect(values.map(({ bytes }) => bytes.toString())).toEqual(['{"a":"é"}', '{"b":[1]}']);
  });

  it('holds at least one message and at most a hundred', () => {
    expect(codeOf(() => readBody(Buffer.from('[]')))).toBe(-32600);
    expect(codeOf(() => readBody(Buffer.from(JSON.stringify(Array(101).fill(0)))))).toBe(-32600);
    expect(readBody(Buffer.from(JSON.stringify(Array(100).fill(0)))).values).toHaveLength(100);
  });
});
