import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/index.ts';
import { createPlace, dialects, type Place } from '../../store/support/stores.ts';
import type { Ran } from '../support/command-line.ts';

const places: Place[] = [];
afterEach(async () => {
  for (const one of places.splice(0)) await one.remove();
});

/** The command line on a PostgreSQL, or on a data directory alone. */
async function place(dialect: Place['dialect']) {
  const made = await createPlace(dialect);
  places.push(made);
  const { dataDir, databaseUrl } = made.deps;
  const env = join(made.dir, 'env');
  writeFileSync(env, databaseUrl ? `DATABASE_URL=${databaseUrl.reveal()}\n` : '\n');
  const run = async (args: readonly string[], input = ''): Promise<Ran> => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await runCli([...args, '--data-dir', dataDir, '--env-file', env], {
      isInteractive: false,
      out: text => void out.push(text),
      err: text => void err.push(text),
      readInput: async () => input,
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  return { dir: made.dir, run };
}

describe.skipIf(!dialects.includes('postgres'))('a PostgreSQL', () => {
  it('is backed up and restored into another one, and into the embedded database, with its credentials', async () => {
    const from = await place('postgres');
    await from.run([
      'server',
      'add',
      'home',
      'http://h/mcp',
      '--bearer',
      'a-token-of-the-server',
      '--disabled',
    ]);
    await from.run(['user', 'add', 'ann', '--grant', 'home']);
    const file = join(from.dir, 'backup');
    const flags = ['--with-keys', '--passphrase-stdin'];
    expect(await from.run(['backup', file, ...flags], 'correct horse battery')).toMatchObject({ code: 0 });
    for (const dialect of ['postgres', 'sqlite'] as const) {
      const to = await place(dialect);
      const done = await to.run(['restore', file, '--passphrase-stdin'], 'correct horse battery');
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(done.out).not.toContain('cannot be read');
      expect((await to.run(['grant', 'list'])).out).toMatch(/ann +home/);
      expect((await to.run(['server', 'list'])).out).toMatch(/home +off +store +http +bearer/);
      expect((await to.run(['doctor'])).out).toMatch(/ok +stored secrets/);
    }
  });

  it('that somebody works with is replaced with --force alone', async () => {
    const from = await place('sqlite');
    await from.run(['user', 'add', 'ann']);
    const file = join(from.dir, 'backup');
    expect(await from.run(['backup', file])).toMatchObject({ code: 0 });
    const to = await place('postgres');
    await to.run(['user', 'add', 'bob']);
    const refused = await to.run(['restore', file]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/holds a gateway already/)]);
    expect((await to.run(['user', 'list'])).out).toMatch(/bob/);
    expect(await to.run(['restore', file, '--force'])).toMatchObject({ code: 0 });
    const { out } = await to.run(['user', 'list']);
    expect([out.includes('ann'), out.includes('bob')]).toEqual([true, false]);
  });
});
