import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { printable } from '../../base/index.ts';
import { ConfigError } from '../config-error.ts';

/** A value of the file with the place where it stands, so that a refusal can name the line. */
export type Tree =
  | { readonly is: 'map'; readonly at: string; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly is: 'list'; readonly at: string; readonly items: readonly Tree[] }
  | { readonly is: 'scalar'; readonly at: string; readonly value: string | number | boolean | null };

export type Entry = { readonly at: string; readonly value: Tree };

/** More would be a bomb of aliases, not a configuration. */
const MOST_NODES = 20_000;

type Reading = {
  readonly name: string;
  readonly lines: LineCounter;
  readonly resolve: (node: Node) => Node | undefined;
  readonly expand: (text: string, at: string) => string;
  left: number;
};

/** `expand` is applied to each text value; positions read `name:line`. Throws ConfigError. */
export function readTree(name: string, text: string, expand: Reading['expand'] = value => value): Tree {
  const lines = new LineCounter();
  const document = parseDocument(withoutTabs(text), {
    lineCounter: lines,
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    version: '1.2',
  });
  const error = document.errors[0];
  if (error) {
    throw new ConfigError(`${name}:${lines.linePos(error.pos[0]).line} ${yamlSays(error.message)}.`);
  }
  const resolve = (node: Node) => (isAlias(node) ? node.resolve(document) : node);
  const reading: Reading = { name, lines, resolve, expand, left: MOST_NODES };
  return document.contents === null
    ? { is: 'map', at: `${name}:1`, entries: new Map() }
    : read(document.contents, reading);
}

/** JSON may be indented by tabs, YAML may not. */
function withoutTabs(text: string): string {
  return /^\s*[{[]/.test(text) ? text.replace(/^\t+/gm, tabs => ' '.repeat(tabs.length)) : text;
}

function yamlSays(message: string): string {
  return `is not valid YAML: ${printable(message.split('\n')[0] ?? '').replace(/[.:]?\s*$/, '')}`;
}

function place(node: Node, reading: Reading): string {
  return `${reading.name}:${node.range ? reading.lines.linePos(node.range[0]).line : 1}`;
}

function read(given: Node, reading: Reading): Tree {
  const at = place(given, reading);
  reading.left -= 1;
  if (reading.left < 0) throw new ConfigError(`${at} is too large: aliases that multiply are not expanded.`);
  const node = reading.resolve(given);
  if (isMap(node)) return { is: 'map', at, entries: readEntries(node.items, reading) };
  if (isSeq(node)) {
    return { is: 'list', at, items: node.items.map(item => read(item as Node, reading)) };
  }
  if (!isScalar(node)) throw new ConfigError(`${at} names an anchor that does not exist.`);
  return { is: 'scalar', at, value: readScalar(node.value, at, reading) };
}

function readEntries(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  reading: Reading,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const item of items) {
    const key = item.key as Node;
    const at = place(key, reading);
    if (!isScalar(key)) throw new ConfigError(`${at} has a key that is not a text.`);
    const name = String(key.value);
    const former = entries.get(name);
    if (former) {
      throw new ConfigError(`${at} ${printable(name)} is given twice; it stands at ${former.at} already.`);
    }
    const value: Tree =
      item.value === null ? { is: 'scalar', at, value: null } : read(item.value as Node, reading);
    entries.set(name, { at, value });
  }
  return entries;
}

function readScalar(value: unknown, at: string, reading: Reading): string | number | boolean | null {
  if (typeof value === 'string') return reading.expand(value, at);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return String(value);
}
