import { didYouMean, printable } from '../../base/index.ts';
import { ConfigError } from '../config-error.ts';
import type { Entry, Tree } from './tree.ts';

export type Fields = ReadonlyMap<string, Entry>;

export function asMap(tree: Tree, what: string): Fields {
  if (tree.is === 'map') return tree.entries;
  // `mcpServers:` with nothing after it is an empty map.
  if (tree.is === 'scalar' && tree.value === null) return new Map();
  throw new ConfigError(`${tree.at} ${what} must be a map of names to values.`);
}

export function asText(entry: Entry | undefined, what: string): string | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.is === 'scalar' && value.value !== null && typeof value.value !== 'boolean') {
    return String(value.value);
  }
  throw new ConfigError(`${entry.at} ${what} must be a text.`);
}

export function asBoolean(entry: Entry | undefined, what: string): boolean | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.is === 'scalar' && typeof value.value === 'boolean') return value.value;
  // What `${X}` stood for is a text.
  if (value.is === 'scalar' && (value.value === 'true' || value.value === 'false'))
    return value.value === 'true';
  throw new ConfigError(`${entry.at} ${what} must be true or false.`);
}

export function asChoice<T extends string>(
  entry: Entry | undefined,
  what: string,
  words: readonly T[],
): T | undefined {
  const text = asText(entry, what);
  if (text === undefined) return undefined;
  const word = words.find(known => known === text);
  if (word !== undefined) return word;
  const meant = didYouMean(text, words);
  throw new ConfigError(
    `${entry?.at} ${what} must be one of ${words.join(', ')}, not "${printable(text)}"${meant ? `; did you mean ${meant}?` : '.'}`,
  );
}

/** A list of texts; one text alone counts as a list of one. */
export function asTexts(entry: Entry | undefined, what: string): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  if (entry.value.is !== 'list') return [asText(entry, what) ?? ''];
  return entry.value.items.map(item => asText({ at: item.at, value: item }, `an entry of ${what}`) ?? '');
}

/** A map of names to texts; numbers and booleans count as what they look like. */
export function asTextMap(entry: Entry | undefined, what: string): ReadonlyMap<string, Text> {
  if (entry === undefined) return new Map();
  const texts = [...asMap(entry.value, what)].map(([name, inner]) => {
    if (inner.value.is !== 'scalar' || inner.value.value === null) {
      throw new ConfigError(`${inner.at} ${what}.${printable(name)} must be a text.`);
    }
    return [name, { at: inner.at, text: String(inner.value.value) }] as const;
  });
  return new Map(texts);
}

export type Text = { readonly at: string; readonly text: string };
