import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter, parseFrame, readPosition, toFrame } from '../../src/mcp/index.ts';

const LIMIT = 64 * 1024;

/** What a reader gets of a stream that arrives in these pieces. */
function read(parts: readonly Buffer[]) {
  const splitter = new FrameSplitter(LIMIT);
  return parts.flatMap(part => splitter.push(part)).flatMap(frame => parseFrame(frame) ?? []);
}

const ENDS = ['\n', '\r\n', '\r'] as const;

function written(end: string): Buffer {
  const lines = [': comment', '', 'event: message', 'id: 1', 'data: {"a":"é"}', ''];
  const more = ['id: 2', 'data:', '', 'retry: 500', 'data:two', 'data: lines', 'nonsense', ''];
  return Buffer.from(`${[...lines, ...more].join(end)}${end}`);
}

const EVENTS = [
  { event: 'message', data: '{"a":"é"}', id: '1', retry: undefined },
  { event: 'message', data: 'two\nlines', id: undefined, retry: 500 },
];

describe('the events of a stream', () => {
  it.each(ENDS)('are the same wherever a piece ends, with lines that end by %j', end => {
    const bytes = written(end);
    for (let at = 0; at <= bytes.length; at++)
      expect(read([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(EVENTS);
  });

  it.each(ENDS)('are the same byte by byte, with lines that end by %j', end => {
    expect(read([...written(end)].map(byte => Buffer.from([byte])))).toEqual(EVENTS);
  });

  it('are the same for any messages and any cut', () => {
    const messages = fc.array(
      fc.jsonValue().map(value => JSON.stringify(value, null, 1)),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(messages, fc.array(fc.nat(1000)), (texts, cuts) => {
        const bytes = Buffer.concat(texts.map(toFrame));
        const borders = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const parts = borders.slice(1).map((border, i) => bytes.subarray(borders[i], border));
        expect(read(parts).map(({ data }) => data)).toEqual(texts);
      }),
    );
  });

  it('are given as the bytes that came, frame by frame', () => {
    const bytes = Buffer.from('id: 1\ndata: a\n\n: ping\n\ndata: b\n\n');
    const frames = new FrameSplitter(LIMIT).push(bytes);
    expect(Buffer.concat([...frames])).toEqual(bytes);
    expect(frames).toHaveLength(3);
  });
});

describe('a stream that misbehaves', () => {
  it('with an endless event is refused, however small its pieces are [T13]', () => {
    const splitter = new FrameSplitter(1000);
    const feed = () => {
      for (let n = 0; n < 100; n++) splitter.push(Buffer.from('data: endless '));
    };
    expect(feed).toThrow('endless');
  });

  it('with many events of a good size is not refused', () => {
    const splitter = new FrameSplitter(100);
    const frames = splitter.push(Buffer.from('data: 12345\n\n'.repeat(1000)));
    expect(frames).toHaveLength(1000);
  });

  it('that ends within an event leaves the rest to be looked at', () => {
    const splitter = new FrameSplitter(LIMIT);
    expect(splitter.push(Buffer.from('data: whole\n\ndata: ha'))).toHaveLength(1);
    splitter.push(Buffer.from('lf'));
    expect(splitter.end().toString()).toBe('data: half');
  });

  it.each([': only a comment\n\n', 'id: 7\ndata:\n\n', 'event: endpoint\n\n', '\n\n', 'retry: 5\n\n'])(
    'carries no message in %j',
    frame => expect(parseFrame(Buffer.from(frame))).toBeUndefined(),
  );
});

describe('the position in a stream', () => {
  it.for([
    ['id: 7\ndata: x\n\n', { id: '7', retry: undefined }],
    ['id:7\r\nretry:500\r\ndata:\r\n\r\n', { id: '7', retry: 500 }],
    ['retry: 10\rid: a b\r\r', { id: 'a b', retry: 10 }],
    ['id\ndata: x\n\n', { id: undefined, retry: undefined }],
    ['id:\n\n', { id: '', retry: undefined }],
    ['data: id: 7\n\n', { id: undefined, retry: undefined }],
    ['data: {"a":1}\nid: 7\n\n', { id: '7', retry: undefined }],
    ['retry: soon\nretry: -1\nid: a\0b\n\n', { id: undefined, retry: undefined }],
    [': id: 7\n\n', { id: undefined, retry: undefined }],
  ] as const)('%j', ([frame, expected]) => {
    expect(readPosition(Buffer.from(frame))).toEqual(expected);
  });
});
