import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import { isReferenceDatabase, openStore } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const master = new Secret('a master secret of the tests, long enough');
const run = promisify(execFile);

describe.each(dialects)('opening on %s', dialect => {
  let place: Place;
  beforeEach(async () => {
    place = await createPlace(dialect);
  });
  afterEach(() => place.remove());

  it('makes the tables once when several open a new place at once', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => place.open()));
    const revisions = await Promise.all(stores.map(store => store.revision()));
    expect(new Set(revisions)).toEqual(new Set([1]));
  });

  it('finds again what was kept before a close', async () => {
    const before = await place.open();
    await before.createUser({ name: 'alice', passwordHash: undefined, role: 'user' }, 1);
    await before.close();
    const after = await place.open();
    expect((await after.listUsers()).map(user => user.name)).toEqual(['alice']);
  });

  it('refuses work after its close, and closes twice without harm', async () => {
    const store = await place.open();
    await store.close();
    await expect(store.listUsers()).rejects.toThrow();
  });

  it('says which one is meant when a newer version wrote the tables', async () => {
    const store = await place.open();
    await store.close();
    await place.exec(`insert into schema_migrations values ('9999-later', 1)`);
    await expect(place.open()).rejects.toThrow(/newer version \(9999-later\)/);
  });
});

describe('a PostgreSQL that is not there', () => {
  it('is named without the password', async () => {
    const databaseUrl = new Secret('postgres://me:s3cret@127.0.0.1:1/none');
    const opening = openStore({ dataDir: '/nowhere', databaseUrl, master });
    await expect(opening).rejects.toThrow(/^PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
  });

  it('is refused when its address is none', async () => {
    const opening = openStore({ dataDir: '/nowhere', databaseUrl: new Secret('s3cret'), master });
    await expect(opening).rejects.toThrow(/^The database URL is not a URL/);
  });
});

describe('the embedded files', () => {
  let place: Place;
  beforeEach(async () => {
    place = await createPlace('sqlite');
  });
  afterEach(() => place.remove());

  const reference = async (name: string) => {
    await mkdir(join(place.dir, 'data'), { recursive: true });
    const path = join(place.dir, 'data', name);
    const database = new DatabaseSync(path);
    database.exec('create table mcp_servers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)');
    database.exec('create table auth_audit_log (id INTEGER PRIMARY KEY)');
    database.close();
    return path;
  };

  it('are readable by the owner alone', async () => {
    await place.open();
    const data = join(place.dir, 'data');
    const modes = await Promise.all(
      [data, join(data, 'gateway.db'), join(data, 'ledger.db')].map(p => stat(p)),
    );
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600']);
  });

  it('recognise the Python gateway’s database and leave it alone', async () => {
    const path = await reference('gateway.db');
    const before = await readFile(path);
    expect(await isReferenceDatabase(path)).toBe(true);
    await expect(place.open()).rejects.toThrow(/gateway\.db is the database of the Python gateway/);
    expect(await readFile(path)).toEqual(before);
  });

  it.each(['missing.db', 'text.db', 'empty.db'])(
    'take %s for no database of the Python gateway',
    async name => {
      const path = join(place.dir, name);
      if (name === 'text.db') await writeFile(path, 'hello '.repeat(1000));
      if (name === 'empty.db') await writeFile(path, '');
      expect(await isReferenceDatabase(path)).toBe(false);
    },
  );

  it('do not take our own for the Python gateway’s', async () => {
    await place.open();
    expect(await isReferenceDatabase(join(place.dir, 'data', 'gateway.db'))).toBe(false);
  });

  it('say in one sentence that a file is no database', async () => {
    await mkdir(join(place.dir, 'data'));
    await writeFile(join(place.dir, 'data', 'ledger.db'), 'hello '.repeat(1000));
    await expect(place.open()).rejects.toThrow(/^The database in .*data cannot be opened: .*not a database$/);
  });

  it('say that the place of the folder is a file', async () => {
    await writeFile(join(place.dir, 'data'), '');
    await expect(openStore({ dataDir: join(place.dir, 'data'), master })).rejects.toThrow(/data/);
  });

  it('neither keep a process alive nor let it end before an answer', async () => {
    const program = `
      import { openStore } from '${new URL('../../src/store/index.ts', import.meta.url)}';
      import { Secret } from '${new URL('../../src/base/index.ts', import.meta.url)}';
      const store = await openStore({ dataDir: process.argv[1], master: new Secret('x'.repeat(32)) });
      await store.createUser({ name: 'alice', passwordHash: undefined, role: 'user' }, 1);
      console.log((await store.listUsers()).length);`;
    const args = ['--input-type=module', '-e', program, join(place.dir, 'data')];
    const { stdout, stderr } = await run(process.execPath, args, { timeout: 20_000 });
    expect([stdout, stderr]).toEqual(['1\n', '']);
    expect(await (await place.open()).listUsers()).toHaveLength(1);
  });
});
