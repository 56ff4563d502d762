import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BEFORE, OPENED, PLACES } from './places.ts';

/** Where the pictures of a run are put, which git ignores. */
export const SCREENS = fileURLToPath(new URL('../../../out/screens/', import.meta.url));

export const THEMES = ['light', 'dark'] as const;

/** What the picture of a page is called, before its theme. */
export const pictureOf = (name: string) => `page-${name}`;

/** The addresses of the frame's pages. Their own file is of a browser, so it is read as text. */
export async function framePaths(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../../ui/shell/pages.ts', import.meta.url), 'utf8');
  return [...text.matchAll(/^ {4}path: '([^']+)'/gm)].map(([, path = '']) => path);
}

const pathOf = (address: string) => new URL(address, 'http://x').pathname;

/** The pages of the frame where no place of the list leads; one with its address to itself is meant before a pattern. */
export async function pagesWithoutPlace(places = PLACES): Promise<readonly string[]> {
  const all = await framePaths();
  const isOf = (pattern: string, path: string) =>
    all.includes(path) ? pattern === path : new RegExp(`^${pattern.replace(/:\w+/, '[^/]+')}$`).test(path);
  return all.filter(pattern => !places.some(([, address]) => isOf(pattern, pathOf(address))));
}

/** Each page, tab, dialog and theme of which there is no picture among these files. */
export function picturesMissing(files: readonly string[]): readonly string[] {
  const names = [...BEFORE, ...[...PLACES, ...OPENED].map(([name]) => name)];
  const wanted = names.flatMap(name => THEMES.map(theme => `${pictureOf(name)}-${theme}.png`));
  return wanted.filter(file => !files.includes(file));
}

/** After a run of every test of the pages. */
export async function picturesMissingAfter(): Promise<readonly string[]> {
  return picturesMissing(await readdir(SCREENS).catch(() => []));
}
