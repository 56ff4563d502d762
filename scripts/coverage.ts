import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Position = { readonly line: number; readonly column: number };
type FileReport = {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, { readonly start: Position }>>;
  readonly s: Record<string, number>;
};
/** The report of Vitest, in Istanbul's format. */
export type Report = Readonly<Record<string, FileReport>>;

type Range = { readonly startOffset: number; readonly endOffset: number; readonly count: number };
type Script = { readonly url: string; readonly functions: readonly { readonly ranges: readonly Range[] }[] };

/**
 * Adds what spawned processes ran. Node strips types in place, so that V8's offsets are those of the source; a statement
 * ran when the smallest range around its start has a count.
 */
export async function addChildren(report: Report, folder: string): Promise<void> {
  const byUrl = new Map(Object.values(report).map(file => [pathToFileURL(file.path).href, file]));
  const sources = new Map<string, string>();
  for (const name of await readdir(folder).catch(() => [])) {
    const dump = await readDump(join(folder, name));
    for (const script of dump) {
      const file = byUrl.get(script.url);
      if (file === undefined) continue;
      const source = sources.get(file.path) ?? (await readFile(file.path, 'utf8'));
      sources.set(file.path, source);
      markRun(file, source, script);
    }
  }
}

/** A process that was killed while it wrote leaves half a file. */
async function readDump(path: string): Promise<readonly Script[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')).result ?? [];
  } catch {
    return [];
  }
}

function markRun(file: FileReport, source: string, script: Script): void {
  const starts = lineStarts(source);
  const ranges = script.functions.flatMap(one => one.ranges);
  for (const [id, { start }] of Object.entries(file.statementMap)) {
    if ((file.s[id] ?? 0) > 0) continue;
    const offset = (starts[start.line - 1] ?? 0) + start.column;
    let smallest: Range | undefined;
    for (const range of ranges) {
      if (offset < range.startOffset || offset >= range.endOffset) continue;
      if (smallest === undefined || size(range) <= size(smallest)) smallest = range;
    }
    if (smallest !== undefined && smallest.count > 0) file.s[id] = smallest.count;
  }
}

const size = ({ startOffset, endOffset }: Range) => endOffset - startOffset;

function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export type Lines = { readonly covered: number; readonly total: number };

/** Per file the lines on which a statement begins, and how many of them ran. */
export function coveredLines(report: Report): ReadonlyMap<string, Lines> {
  const entries = Object.values(report).map(file => {
    const hits = new Map<number, number>();
    for (const [id, { start }] of Object.entries(file.statementMap))
      hits.set(start.line, Math.max(hits.get(start.line) ?? 0, file.s[id] ?? 0));
    const covered = [...hits.values()].filter(count => count > 0).length;
    return [file.path, { covered, total: hits.size }] as const;
  });
  return new Map(entries);
}
