import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { makeApiKey } from '../../src/auth/index.ts';
import { type Secret, type ServerName, uuidv7 } from '../../src/base/index.ts';
import {
  type ActivityRow,
  dumpStore,
  isPostgresEmpty,
  loadStore,
  type Part,
  SCHEMA,
  type Store,
} from '../../src/store/index.ts';
import { entry } from '../upstream/support/world.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const ROWS = 2_345;

const places: Place[] = [];
const place = async (dialect: Place['dialect']): Promise<Place> => {
  const made = await createPlace(dialect);
  places.push(made);
  return made;
};
afterEach(async () => {
  for (const one of places.splice(0)) await one.remove();
});

const activity = (at: number): ActivityRow => ({
  ...{ id: uuidv7(at), at, principal: 'p', userName: 'ann', credential: undefined, client: undefined },
  ...{
    clientName: 'a\u2028b"\\',
    userAgent: undefined,
    address: undefined,
    endpoint: '/mcp',
    era: undefined,
  },
  ...{ session: undefined, method: 'tools/call', server: undefined, target: 'ünï', outcome: 'ok' as const },
  ...{ fault: undefined, code: -32602, status: 200, durationMs: 1.5, upstreamMs: undefined },
  ...{ bytesIn: 1, bytesOut: 2 ** 40, count: 1, serverEra: undefined, traceId: undefined },
});

async function fill(store: Store): Promise<void> {
  const ann = await store.createUser({ name: 'ann', role: 'admin', passwordHash: undefined }, 1);
  if (typeof ann === 'string') throw new Error(ann);
  const group = await store.createGroup({ name: 'home' }, 1);
  if (typeof group === 'string') throw new Error(group);
  await store.addMember(group.id, ann.id);
  const { id, secretHash } = makeApiKey();
  const rest = { name: 'k', scopes: ['mcp'], createdAt: 1, expiresAt: undefined };
  await store.createKey({ id, userId: ann.id, secretHash, ...rest });
  await store.createServer(entry('home', 'http://h/mcp', { source: 'store' }), 1, 'review');
  await store.addGrant({ userId: ann.id, server: 'home' as ServerName });
  await store.access.switchTool({ server: 'home' as ServerName, name: 'x' }, false, { at: 1, by: 'test' });
  await store.writeLedger({
    activity: Array.from({ length: ROWS }, (_, at) => activity(at + 1)),
    events: [],
  });
}

async function read(store: Store) {
  return {
    users: await store.listUsers(),
    groups: await store.listGroups(),
    members: await store.listMembers(),
    keys: await store.listKeys(),
    servers: await store.listServers(),
    grants: await store.listGrants(),
    switches: await store.access.listSwitches(),
    activity: await store.listActivity(ROWS + 1),
  };
}

async function dumpOf({ deps }: Place): Promise<readonly Part[]> {
  const parts: Part[] = [];
  await dumpStore(deps, async part => void parts.push(JSON.parse(JSON.stringify(part))));
  return parts;
}

const load = ({ deps }: Place, parts: readonly Part[], schema = SCHEMA, master: Secret = deps.master) =>
  loadStore(
    { ...deps, master },
    {
      schema,
      parts: async function* () {
        yield* parts;
      },
    },
  );

describe.each(dialects.flatMap(from => dialects.map(to => [from, to] as const)))(
  'from %s to %s',
  (from, to) => {
    it('everything is as it was, whatever stood there before', async () => {
      const [one, two] = [await place(from), await place(to)];
      const store = await one.open();
      await fill(store);
      const before = await read(store);
      if (to === 'postgres') {
        // What is there is dropped.
        const former = await two.open();
        await former.createUser({ name: 'bob', role: 'user', passwordHash: undefined }, 1);
        await former.close();
      }
      expect(await isPostgresEmpty(two.deps)).toBe(to !== 'postgres');
      const unreadable = await load(two, await dumpOf(one));
      expect(unreadable).toEqual({ servers: [], signingKeys: 0, accounts: 0 });
      const after = await two.open();
      expect(await read(after)).toEqual(before);
      expect(before.activity).toHaveLength(ROWS);
      // It goes on from there.
      expect(await after.createUser({ name: 'ann', role: 'user', passwordHash: undefined }, 2)).toBe(
        'name_taken',
      );
      expect(typeof (await after.createUser({ name: 'eve', role: 'user', passwordHash: undefined }, 2))).toBe(
        'object',
      );
    });
  },
);

describe.each(dialects)('a dump (%s)', dialect => {
  it('is of one moment, while others write', async () => {
    const one = await place(dialect);
    const store = await one.open();
    await fill(store);
    const seen: string[] = [];
    let isFirst = true;
    await dumpStore(one.deps, async ({ table, rows }) => {
      if (isFirst) {
        isFirst = false;
        const bob = await store.createUser({ name: 'bob', role: 'user', passwordHash: undefined }, 2);
        if (typeof bob === 'object') await store.addGrant({ userId: bob.id, server: 'home' as ServerName });
      }
      seen.push(...rows.map(() => table));
    });
    expect(seen.filter(table => table === 'rules')).toHaveLength(1);
    expect(await store.listUsers()).toHaveLength(2);
  });

  it.each([
    ['a table that is not known', { table: 'revision', columns: ['id', 'value'], rows: [[1, 9]] }],
    ['the table of migrations', { table: 'schema_migrations', columns: ['name'], rows: [['x']] }],
    ['a name of every object', { table: '__proto__', columns: ['a'], rows: [[1]] }],
    ['SQL as a table', { table: 'users; drop table users', columns: ['id'], rows: [['x']] }],
    ['SQL as a column', { table: 'users', columns: ['id") select 1; --'], rows: [['x']] }],
    ['no columns', { table: 'users', columns: [], rows: [[]] }],
    ['a column that is not there', { table: 'users', columns: ['id', 'shoe_size'], rows: [['x', 1]] }],
    [
      'a row that refers to nobody',
      { table: 'group_members', columns: ['group_id', 'user_id'], rows: [['g', 'u']] },
    ],
  ] as const)('that holds %s is not loaded', async (_, part) => {
    await expect(load(await place(dialect), [part as unknown as Part])).rejects.toThrow();
  });
});

it('every table of the database is in a backup, or left out on purpose', async () => {
  const one = await place('sqlite');
  await (await one.open()).close();
  const tables = ['gateway', 'ledger'].flatMap(file => {
    const database = new DatabaseSync(join(one.deps.dataDir, `${file}.db`));
    const rows = database.prepare("select name from sqlite_master where type = 'table'").all();
    database.close();
    return rows.map(row => String(row.name));
  });
  const { TABLES } = await import('../../src/store/backup/tables.ts');
  const leftOut = [
    'revision',
    'browser_sessions',
    'setup_tokens',
    'ledger_runs',
    'connect_states',
    'schema_migrations',
  ];
  expect([...new Set(tables)].sort()).toEqual([...Object.keys(TABLES), ...leftOut].sort());
});
