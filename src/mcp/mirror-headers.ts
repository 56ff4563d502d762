import { isObject } from './message.ts';

const SAFE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/;
const SENTINEL = /^=\?base64\?(.*)\?=$/s;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A name or value as a header (2026-07-28 streamable-http, "Value Encoding"). */
export function encodeHeaderValue(value: string): string {
  return SAFE.test(value) && !SENTINEL.test(value)
    ? value
    : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

/** The value that a header stands for, or undefined when it is not a valid encoding. */
export function decodeHeaderValue(header: string): string | undefined {
  const value = header.replace(/^[ \t]+|[ \t]+$/g, '');
  const encoded = SENTINEL.exec(value)?.[1];
  if (encoded === undefined) return /^[\x20-\x7e\t]*$/.test(value) ? value : undefined;
  return BASE64.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}

/** One parameter of a tool that is mirrored into `Mcp-Param-{name}`: the chain of `properties` keys that leads to it. */
export type ParamHeader = {
  readonly header: string;
  readonly path: readonly string[];
  readonly type: string;
};

type Schema = Readonly<Record<string, unknown>>;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MAX_DEPTH = 32;

function isMirrored(schema: Schema): boolean {
  return Object.hasOwn(schema, 'x-mcp-header');
}

/** Whether an annotation stands anywhere in the value, `properties` chains left out. */
function hasStray(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(one => hasStray(one, depth + 1));
  if (isObject(value) && isMirrored(value)) return true;
  return Object.values(value).some(one => hasStray(one, depth + 1));
}

function collect(schema: Schema, path: readonly string[], found: ParamHeader[]): boolean {
  if (path.length > MAX_DEPTH) return false;
  for (const [key, value] of Object.entries(schema)) {
    if (
      key !== 'properties' &&
      key !== 'x-mcp-header' &&
      key !== 'default' &&
      key !== 'examples' &&
      hasStray(value, 0)
    )
      return false;
  }
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.entries(properties).every(([key, value]) => {
    if (!isObject(value)) return true;
    if (isMirrored(value) && !add(value, [...path, key], found)) return false;
    return collect(value, [...path, key], found);
  });
}

function add(schema: Schema, path: readonly string[], found: ParamHeader[]): boolean {
  const header = schema['x-mcp-header'];
  const type = schema.type;
  if (typeof header !== 'string' || !TOKEN.test(header)) return false;
  if (type !== 'string' && type !== 'integer' && type !== 'boolean') return false;
  if (found.some(other => other.header.toLowerCase() === header.toLowerCase())) return false;
  found.push({ header, path, type });
  return true;
}

/**
 * The mirrored parameters of an `inputSchema`, or `invalid` when an annotation breaks a rule, in which case the tool
 * must not be listed (2026-07-28 streamable-http, "Schema Extension").
 */
export function paramHeaders(inputSchema: unknown): readonly ParamHeader[] | 'invalid' {
  if (!isObject(inputSchema)) return [];
  const found: ParamHeader[] = [];
  return !isMirrored(inputSchema) && collect(inputSchema, [], found) ? found : 'invalid';
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** What the header says that this call's arguments ask for; undefined: no header. */
export function paramValue(param: ParamHeader, args: unknown): string | undefined {
  const value = valueAt(args, param.path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Whether a header, as it came, says what the body says. Integers are compared as numbers. */
export function paramMatches(param: ParamHeader, header: string | undefined, args: unknown): boolean {
  const expected = paramValue(param, args);
  if (header === undefined || expected === undefined) return header === undefined && expected === undefined;
  const decoded = decodeHeaderValue(header);
  if (decoded === expected) return true;
  return (
    param.type === 'integer' &&
    decoded !== undefined &&
    decoded.trim() !== '' &&
    Number(decoded) === Number(expected)
  );
}
