import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Sources by their path below the repository, with `/` between folders. */
export type Sources = ReadonlyMap<string, string>;

export function readSources(root: string, folder: string): Sources {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const paths = files
    .filter(file => file.isFile() && file.name.endsWith('.ts'))
    .map(file => join(file.parentPath, file.name));
  return new Map(paths.map(path => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
}

export type Import = { readonly from: string; readonly to: string; readonly isType: boolean };

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"](\.[^'"]+)['"]|^\s*import\s+['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/gm;

/** The relative imports of all files, re-exports and dynamic ones included. */
export function readImports(sources: Sources): readonly Import[] {
  return [...sources].flatMap(([from, source]) =>
    [...withoutComments(source).matchAll(IMPORT)].map(([, type, ...paths]) => ({
      from,
      to: join(dirname(from), paths.find(path => path !== undefined) ?? '')
        .split(sep)
        .join('/'),
      isType: type !== undefined,
    })),
  );
}

const STRING_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

export function withoutComments(source: string): string {
  return source.replace(STRING_OR_COMMENT, (_all, text?: string) => text ?? ' ');
}
