import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeaderValue, type ParamHeader, paramHeaders, paramMatches } from '../../src/mcp/index.ts';

const text: ParamHeader = { header: 'Region', path: ['region'], type: 'string' };
const matches = (header: string | undefined, region: unknown, type = 'string') =>
  paramMatches({ ...text, type }, header, { region });

describe('a value as a header', () => {
  it.each([
    ['us-west1', 'us-west1'],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
    ['', '=?base64??='],
  ])('%j is %s', (value, header) => {
    expect(encodeHeaderValue(value)).toBe(header);
    expect(matches(header, value)).toBe(true);
  });

  it('survives for any text, and never holds a byte that a header cannot', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), value => {
        const header = encodeHeaderValue(value);
        expect(header).toMatch(/^[\x20-\x7e\t]*$/);
        expect(matches(header, value)).toBe(true);
      }),
    );
  });

  it.each([
    ['another value', 'us-east1', 'us-west1'],
    ['other letters', 'US-West1', 'us-west1'],
    ['a missing header', undefined, 'us-west1'],
    ['a header without a value', 'us-west1', undefined],
    ['null in the body', 'null', null],
    ['an object in the body', '[object Object]', {}],
    ['broken base64', '=?base64?SGVsbG8?=', 'Hello'],
    ['base64 of other letters', '=?BASE64?SGVsbG8=?=', 'Hello'],
    ['bytes beyond ASCII', 'Zürich', 'Zürich'],
  ])('does not match: %s [T3]', (_, header, value) => {
    expect(matches(header, value)).toBe(false);
  });

  it('counts integers as numbers and everything else as text', () => {
    expect(matches('042', 42, 'integer')).toBe(true);
    expect(matches('42.0', 42, 'integer')).toBe(true);
    expect(matches('', 0, 'integer')).toBe(false);
    expect(matches('042', '42')).toBe(false);
    expect(matches('true', true, 'boolean')).toBe(true);
    expect(matches('1', true, 'boolean')).toBe(false);
  });

  it('neither a header nor a value is agreement', () => {
    expect(matches(undefined, undefined)).toBe(true);
    expect(paramMatches(text, undefined, undefined)).toBe(true);
    expect(paramMatches({ ...text, path: ['__proto__', 'x'] }, undefined, {})).toBe(true);
  });
});

describe('the mirrored parameters of a tool', () => {
  const mirrored = (header: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': header });
  const schema = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

  it('are found at any depth of properties', () => {
    const nested = schema({ b: mirrored('B', 'integer') });
    expect(paramHeaders(schema({ a: mirrored('A'), nested, plain: { type: 'number' } }))).toEqual([
      { header: 'A', path: ['a'], type: 'string' },
      { header: 'B', path: ['nested', 'b'], type: 'integer' },
    ]);
  });

  it('are none where nothing is annotated, or no schema is', () => {
    expect([{}, schema({ a: {} }), undefined, null, [], 'x'].map(paramHeaders)).toEqual(Array(6).fill([]));
  });

  it.each<[string, unknown]>([
    ['an empty name', schema({ a: mirrored('') })],
    ['a name that is no token', schema({ a: mirrored('X Y') })],
    ['a name with a line break', schema({ a: mirrored('X\r\nSet-Cookie') })],
    ['a name that is no text', schema({ a: mirrored(7) })],
    ['the same name twice, in other letters', schema({ a: mirrored('Same'), b: mirrored('sAME') })],
    ['a number', schema({ a: mirrored('A', 'number') })],
    ['an object', schema({ a: mirrored('A', 'object') })],
    ['two types', schema({ a: mirrored('A', ['string', 'null']) })],
    ['an array’s items', schema({ a: { type: 'array', items: mirrored('A') } })],
    ['a choice', schema({}, { anyOf: [schema({ a: mirrored('A') })] })],
    ['definitions', schema({}, { $defs: { x: mirrored('A') } })],
    ['the schema itself', { ...schema({}), 'x-mcp-header': 'A' }],
  ])('make the tool invalid where an annotation stands at %s', (_, inputSchema) => {
    expect(paramHeaders(inputSchema)).toBe('invalid');
  });

  it('may be named in a default or an example, which annotate nothing', () => {
    const plain = { type: 'object', default: { 'x-mcp-header': 'A' }, examples: [{ 'x-mcp-header': 'B' }] };
    expect(paramHeaders(schema({ a: plain }))).toEqual([]);
  });

  it('of a schema without a bottom end the search', () => {
    let deep: object = mirrored('A');
    for (let i = 0; i < 100; i++) deep = schema({ a: deep });
    expect(paramHeaders(deep)).toBe('invalid');
  });
});
