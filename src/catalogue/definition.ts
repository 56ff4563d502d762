import { createHash } from 'node:crypto';
import {
  isObject,
  isObjectAt,
  type ListName,
  members,
  type ParamHeader,
  paramHeaders,
  type Range,
  splice,
} from '../mcp/index.ts';
import { type Tier, tierOf } from '../policy/index.ts';

/** The member that names a definition, by list. */
const KEY_OF: Readonly<Record<ListName, string>> = {
  tools: 'name',
  prompts: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
};

export type ToolTraits = {
  readonly tier: Tier;
  readonly isReadOnly: boolean;
  readonly isIdempotent: boolean;
  /** The member of the arguments that the tool's schema declares as its idempotency key. */
  readonly idempotencyKey: string | undefined;
  readonly paramHeaders: readonly ParamHeader[] | 'invalid';
  /** It runs as a task only (2025-11-25 server/tools, `execution.taskSupport`). */
  readonly needsTask: boolean;
  /** The page that shows the tool's answers (MCP Apps). */
  readonly app: string | undefined;
};

/** One thing that a server offers, as the server's own bytes; only its key is ever replaced. */
export type Definition = {
  readonly key: string;
  readonly bytes: Buffer;
  /** Where the key's JSON string stands in `bytes`. */
  readonly at: Range;
  readonly traits: ToolTraits | undefined;
};

const IDEMPOTENCY_KEYS = ['idempotency_key', 'idempotencyKey'];

function traitsOf(value: Readonly<Record<string, unknown>>): ToolTraits {
  const annotations = isObject(value.annotations) ? value.annotations : {};
  const schema = isObject(value.inputSchema) ? value.inputSchema : {};
  const properties = isObject(schema.properties) ? schema.properties : {};
  const meta = isObject(value._meta) ? value._meta : {};
  const app = isObject(meta.ui) ? meta.ui.resourceUri : meta['ui/resourceUri'];
  return {
    tier: tierOf(annotations),
    isReadOnly: annotations.readOnlyHint === true,
    isIdempotent: annotations.idempotentHint === true,
    idempotencyKey: IDEMPOTENCY_KEYS.find(key => Object.hasOwn(properties, key)),
    paramHeaders: paramHeaders(schema),
    needsTask: isObject(value.execution) && value.execution.taskSupport === 'required',
    app: typeof app === 'string' && app.startsWith('ui://') ? app : undefined,
  };
}

/** The places where a tool names its page, the second one from before the extension was settled. */
const APP_PATHS: readonly (readonly string[])[] = [
  ['_meta', 'ui', 'resourceUri'],
  ['_meta', 'ui/resourceUri'],
];

function appAt(bytes: Buffer, path: readonly string[]): Range | undefined {
  let range: Range | undefined = { start: 0, end: bytes.length };
  for (const name of path)
    range = isObjectAt(bytes, range) ? members(bytes, range.start).get(name) : undefined;
  return range;
}

/** The tool with another URI for its page. */
export function withApp(definition: Definition, uri: string): Definition {
  const { bytes } = definition;
  const text = JSON.stringify(uri);
  const places = APP_PATHS.flatMap(path => {
    const range = appAt(bytes, path);
    return range ? [{ ...range, text }] : [];
  });
  return readDefinition('tools', splice(bytes, places)) ?? definition;
}

/** Reads one element of a list; undefined when it has no usable key. */
export function readDefinition(list: ListName, bytes: Buffer): Definition | undefined {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  const name = KEY_OF[list];
  if (!isObject(value) || typeof value[name] !== 'string' || value[name] === '') return undefined;
  const at = members(bytes).get(name);
  if (!at) return undefined;
  return { key: value[name], bytes, at, traits: list === 'tools' ? traitsOf(value) : undefined };
}

/** The definition's bytes under another key. */
export function withKey(definition: Definition, key: string): Buffer {
  if (key === definition.key) return definition.bytes;
  const { bytes, at } = definition;
  return Buffer.concat([
    bytes.subarray(0, at.start),
    Buffer.from(JSON.stringify(key)),
    bytes.subarray(at.end),
  ]);
}

export type Lists = Readonly<Record<ListName, readonly Definition[]>>;

export const NO_LISTS: Lists = { tools: [], prompts: [], resources: [], resourceTemplates: [] };

/** One hash over every whole definition. */
export function hashOf(lists: Lists, hello: unknown): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(hello));
  for (const list of Object.values(lists)) {
    hash.update('\n');
    for (const definition of list) hash.update(definition.bytes).update('\n');
  }
  return hash.digest('hex');
}
