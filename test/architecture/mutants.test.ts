import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { MUTANTS } from '../mutants/mutants.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string) => readFile(fileURLToPath(new URL(file, ROOT)), 'utf8').catch(() => '');

it('each mutant finds its place exactly once, so that none is passed over unnoticed', async () => {
  const lost = await Promise.all(
    MUTANTS.map(async ({ file, find, about }) => {
      const found = (await read(file)).split(find).length - 1;
      return found === 1 ? [] : [`${file}: ${about}: stands there ${found} times`];
    }),
  );
  expect(MUTANTS.length).toBeGreaterThan(300);
  expect(lost.flat()).toEqual([]);
});
