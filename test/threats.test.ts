import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readSources } from './architecture/sources.ts';

/** The threats of SECURITY.md that the built parts have to meet; each is cited as `T<n>` by the title of a test. */
const THREATS = [...range(1, 55), 58, 60];

const TITLE =
  /\b(?:it|test|describe|promise)(?:\.\w+)*(?:\([^)]*\))?\(\s*(['"`])(?<title>(?:\\.|(?!\1)[^\\])*)\1/g;

it('each threat is met by a test that cites it', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const cited = new Set<number>();
  for (const [path, source] of readSources(root, 'test')) {
    if (!path.endsWith('.test.ts')) continue;
    for (const { groups } of source.matchAll(TITLE))
      for (const [, number] of (groups?.title ?? '').matchAll(/\bT(\d+)\b/g)) cited.add(Number(number));
  }
  expect(THREATS.filter(threat => !cited.has(threat)).map(threat => `T${threat}`)).toEqual([]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
