import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { places } from '../../../ui/api/contract.ts';
import { NOT_OF_PAGES } from './not-of-pages.ts';

/** What each file of tests used of the pages, which the gate reads after a whole run. */
export const USED_DIR = fileURLToPath(new URL('../../../out/used/', import.meta.url));

/** What was clicked or filled, what was there to be, and what the gateway was asked to change and did. */
export type Used = {
  readonly used: readonly string[];
  readonly shown: readonly string[];
  readonly changes: readonly string[];
  /** Controls without a name, as they stand in the document. */
  readonly nameless: readonly string[];
};

const UI = fileURLToPath(new URL('../../../ui/', import.meta.url));
const TESTS = fileURLToPath(new URL('..', import.meta.url));

type Place = { readonly id: string; readonly method: string; readonly path: string };

const PLACES: readonly Place[] = Object.entries(places).map(([id, place]) => {
  const [method = '', path = ''] = place.split(' ');
  return { id, method, path };
});

/** What can be changed by the API. */
export const mutations = PLACES.filter(({ method }) => method !== 'GET').map(({ id }) => id);

/** Look like names of controls and are a file and a setting. */
const OTHERS = ['openapi.json', 'system.cimd'];
const LITERAL = /(ction(?:=\{?|: )|<)?["']([a-z][a-z-]*\.[a-z][a-z-]*(?:\.not)?)["']/g;
const PATTERN = /ction(?:=\{|: )`([^`]*)`/g;

/** What the text of the pages names: their controls, controls whose names are put together, and operations. */
export async function namedByPages() {
  const [names, patterns, operations] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const file of await readdir(UI, { recursive: true })) {
    if (!/\.tsx?$/.test(file) || file.startsWith('dist') || file.endsWith('contract.ts')) continue;
    const text = await readFile(join(UI, file), 'utf8');
    for (const [, isAction, name = ''] of text.matchAll(LITERAL)) {
      // Between < and > it is a type, and nothing is asked.
      if (isAction === '<') continue;
      if (name in places && !isAction) operations.add(name);
      else if (!/\.(tsx?|css)$/.test(name) && !OTHERS.includes(name)) names.add(name);
    }
    for (const [, pattern = ''] of text.matchAll(PATTERN)) patterns.add(pattern.replace(/\$\{.*\}/, '*'));
  }
  // One that is put together of nothing but parts is named where it is used.
  patterns.delete('*');
  return { names: [...names], patterns: [...patterns], operations: [...operations] };
}

const fits = (pattern: string, name: string) => {
  const [head = '', tail = ''] = pattern.split('*');
  return name.startsWith(head) && name.endsWith(tail);
};

/** The operation of a request; a part with a name of its own is meant before one that may be anything. */
function operationOf(request: string): string | undefined {
  const [method, path = ''] = request.split(' ');
  const asked = path.split('/');
  const found = PLACES.filter(place => {
    const parts = place.path.split('/');
    const isSame = (part: string, at: number) => part.startsWith('{') || part === asked[at];
    return place.method === method && parts.length === asked.length && parts.every(isSame);
  });
  return found.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0]?.id;
}

/** What the pages have and no test used, a line each. */
export async function unusedOf(all: readonly Used[]): Promise<readonly string[]> {
  const union = (of: (used: Used) => readonly string[]) => new Set(all.flatMap(of));
  const [used, shown] = [union(one => one.used), union(one => one.shown)];
  const done = new Set([...union(one => one.changes)].map(operationOf));
  const { names, patterns, operations } = await namedByPages();
  const isNever = (pattern: string) => ![...used].some(name => fits(pattern, name));
  const called = operations.filter(id => mutations.includes(id));
  return [
    ...[...new Set([...names, ...shown])].filter(name => !used.has(name)).map(name => `control ${name}`),
    ...patterns.filter(isNever).map(pattern => `control ${pattern}`),
    ...called.filter(id => !done.has(id)).map(id => `change ${id}`),
    ...[...union(one => one.nameless)].map(html => `control without data-action ${html}`),
  ].sort();
}

/** The file of notes of a file of tests. */
export const notesOf = (test: string) => join(USED_DIR, `${relative(TESTS, test).replaceAll('/', '.')}.json`);

/** After a run of every test of the pages; nothing is known after a part of them. */
export async function unusedAfter(passed: readonly string[]): Promise<readonly string[] | undefined> {
  const names = (await readdir(TESTS, { recursive: true })).filter(name => name.endsWith('.test.ts'));
  const tests = names.map(name => join(TESTS, name));
  if (!tests.every(test => passed.includes(test))) return undefined;
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Used;
  return unusedOf(await Promise.all(tests.map(notesOf).filter(existsSync).map(read)));
}

/** Changes that no page makes and that are not said to be for others, and those that are said to be and are made. */
export async function wronglyListed(): Promise<readonly string[]> {
  const { operations } = await namedByPages();
  const listed = Object.keys(NOT_OF_PAGES);
  return [
    ...mutations.filter(id => !operations.includes(id) && !listed.includes(id)),
    ...listed.filter(id => operations.includes(id) || !mutations.includes(id)),
  ];
}
