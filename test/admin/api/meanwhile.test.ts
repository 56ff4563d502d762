import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Session, startCallers } from './support/callers.ts';

/** Two administrators read the same thing, and both change it. */
let callers: Callers;
let bob: Session;
let aliceId: string;
beforeAll(async () => {
  callers = await startCallers();
  await callers.addPerson('bob', 'admin');
  bob = await callers.signIn('bob');
  const made = await callers.addPerson('alice');
  aliceId = made.id;
  await callers.refresh();
});
afterAll(() => callers.close());

type Case = {
  readonly what: string;
  /** Makes it, and says where it is changed. */
  readonly make: () => Promise<{ readonly request: string; readonly body?: object }>;
  readonly field: string;
  readonly was: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
};

let made = 0;
const fresh = (word: string) => {
  made += 1;
  return `${word}${made}`;
};

const CASES: readonly Case[] = [
  {
    what: 'the description of a server',
    make: async () => {
      const name = fresh('server');
      const body = { name, url: 'http://127.0.0.1:9/mcp', description: 'one' };
      const { status } = await callers.ask('admin', 'POST /admin/api/mcp-servers', body);
      expect(status).toBe(201);
      return { request: `PATCH /admin/api/mcp-servers/${name}` };
    },
    ...{ field: 'description', was: 'one', theirs: 'theirs', mine: 'mine' },
  },
  {
    what: 'the timeout of a server',
    make: async () => {
      const name = fresh('server');
      const body = { name, url: 'http://127.0.0.1:9/mcp', timeout: 20 };
      await callers.ask('admin', 'POST /admin/api/mcp-servers', body);
      return { request: `PATCH /admin/api/mcp-servers/${name}` };
    },
    ...{ field: 'timeout', was: 20, theirs: 30, mine: 40 },
  },
  {
    what: 'the description of a group',
    make: async () => {
      const body = { name: fresh('group'), description: null };
      const { body: group } = await callers.ask('admin', 'POST /admin/api/groups', body);
      return { request: `PATCH /admin/api/groups/${String(group.id)}` };
    },
    ...{ field: 'description', was: null, theirs: 'theirs', mine: 'mine' },
  },
  {
    what: 'the full name of a person',
    make: async () => {
      const { body } = await callers.ask('admin', 'POST /admin/api/users', { username: fresh('person') });
      return { request: `PATCH /admin/api/users/${String(body.id)}` };
    },
    ...{ field: 'full_name', was: null, theirs: 'Theirs', mine: 'Mine' },
  },
  {
    what: 'a setting',
    make: async () => {
      await callers.ask('admin', 'PATCH /admin/api/settings', { 'dcr.unusedDays': 90 });
      return { request: 'PATCH /admin/api/settings' };
    },
    ...{ field: 'dcr.unusedDays', was: 90, theirs: 60, mine: 30 },
  },
  {
    what: 'a limit',
    make: async () => {
      await callers.ask('admin', 'PUT /admin/api/limits', { subject: 'user:alice', requests: 10 });
      return { request: 'PUT /admin/api/limits', body: { subject: 'user:alice' } };
    },
    ...{ field: 'requests', was: 10, theirs: 20, mine: 30 },
  },
  {
    what: 'a name of a tool that is new to both',
    make: async () => {
      const server = fresh('server');
      await callers.ask('admin', 'POST /admin/api/mcp-servers', {
        name: server,
        url: 'http://127.0.0.1:9/mcp',
      });
      return { request: `PUT /admin/api/tool-mappings/${fresh('tool')}`, body: { server } };
    },
    ...{ field: 'tool', was: null, theirs: 'theirs', mine: 'mine' },
  },
  {
    what: 'the life of the tokens of a client',
    make: async () => {
      const body = { client_name: 'one', redirect_uris: ['https://one.example/back'] };
      const { body: client } = await callers.ask('admin', 'POST /admin/api/oauth-clients', body);
      return { request: `PATCH /admin/api/oauth-clients/${String(client.client_id)}` };
    },
    ...{ field: 'access_ttl_ms', was: null, theirs: 600_000, mine: 900_000 },
  },
];

describe('two administrators change the same', () => {
  it.each(CASES)(
    '$what: the second is told what the first made of it',
    async ({ make, field, was, theirs, mine }) => {
      const { request, body = {} } = await make();
      const change = (who: 'admin' | Session, value: unknown, before: unknown) =>
        callers.ask(who, request, { ...body, [field]: value, was: { [field]: before } });
      expect((await change(bob, theirs, was)).status).toBe(200);
      const refused = await change('admin', mine, was);
      expect(refused).toMatchObject({
        status: 409,
        body: { error: 'conflict', field, changed: { now: theirs, by: 'bob' } },
      });
      expect(refused.body.message).toMatch(/bob changed it meanwhile/);
      expect(Date.now() - Date.parse((refused.body.changed as { at: string }).at)).toBeLessThan(60_000);
      // Nothing was saved: what is there is still theirs, and whoever has seen that may go on.
      expect((await change('admin', mine, theirs)).status).toBe(200);
      expect((await change(bob, theirs, theirs)).body).toMatchObject({ changed: { now: mine, by: 'admin' } });
    },
  );

  it.each(CASES)(
    '$what: of two at the same moment one is told',
    async ({ make, field, was, theirs, mine }) => {
      const { request, body = {} } = await make();
      const both = [theirs, mine].map((value, at) =>
        callers.ask(at === 0 ? bob : 'admin', request, { ...body, [field]: value, was: { [field]: was } }),
      );
      const statuses = (await Promise.all(both)).map(({ status }) => status);
      expect(statuses.sort()).toEqual([200, 409]);
    },
  );

  it.each(CASES)(
    '$what: whoever says not how it was overwrites, as a script does',
    async ({ make, field, theirs, mine }) => {
      const { request, body = {} } = await make();
      for (const value of [theirs, mine])
        expect((await callers.ask('admin', request, { ...body, [field]: value })).status).toBe(200);
    },
  );

  it('who wants the same is not told', async () => {
    await callers.ask('admin', 'PATCH /admin/api/settings', { 'dcr.unusedDays': 90 });
    for (const who of ['admin', bob] as const) {
      const body = { 'dcr.unusedDays': 45, was: { 'dcr.unusedDays': 90 } };
      expect((await callers.ask(who, 'PATCH /admin/api/settings', body)).status).toBe(200);
    }
  });

  it('different fields of one thing do not stand in each other’s way', async () => {
    const path = `/admin/api/users/${aliceId}`;
    const theirs = await callers.ask(bob, `PATCH ${path}`, { full_name: 'Alice', was: { full_name: null } });
    const mine = await callers.ask('admin', `PATCH ${path}`, {
      email: 'alice@home.example',
      was: { email: null },
    });
    expect([theirs.status, mine.status]).toEqual([200, 200]);
    expect(mine.body).toMatchObject({ full_name: 'Alice', email: 'alice@home.example' });
  });

  it('renamed meanwhile: who renamed it is found under the old name', async () => {
    const { body } = await callers.ask('admin', 'POST /admin/api/groups', { name: 'readers' });
    const request = `PATCH /admin/api/groups/${String(body.id)}`;
    await callers.ask(bob, request, { name: 'writers', was: { name: 'readers' } });
    const refused = await callers.ask('admin', request, { name: 'lookers', was: { name: 'readers' } });
    expect(refused.body).toMatchObject({ field: 'name', changed: { now: 'writers', by: 'bob' } });
  });
});

describe('what it was, said wrongly', () => {
  const WRONG: readonly (readonly [string, unknown, string])[] = [
    ['no object', 'x', 'was'],
    ['a list', [1], 'was'],
    ['null', null, 'was'],
    ['a field that there is not', { nonsense: 1 }, 'was.nonsense'],
    ['a field of the prototype', JSON.parse('{"__proto__":1}'), 'was.__proto__'],
    ['a constructor', { constructor: 1 }, 'was.constructor'],
    ['too much', Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`f${at}`, at])), 'was'],
  ];
  it.each(WRONG)('%s is refused, and nothing is changed', async (_, was, field) => {
    const before = await callers.ask('admin', `GET /admin/api/users/${aliceId}`);
    const refused = await callers.ask('admin', `PATCH /admin/api/users/${aliceId}`, {
      full_name: 'Wrong',
      was,
    });
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request', field } });
    expect((await callers.ask('admin', `GET /admin/api/users/${aliceId}`)).body).toEqual(before.body);
  });

  it('is not among the fields of a change that takes none', async () => {
    const refused = await callers.ask('admin', `PUT /admin/api/users/${aliceId}/role`, {
      role: 'user',
      was: { role: 'user' },
    });
    expect(refused).toMatchObject({ status: 400, body: { field: 'was' } });
  });

  it('a long text of somebody else is cut in the sentence, and whole in what it is now', async () => {
    const long = 'x'.repeat(900);
    const body = { name: 'long', url: 'http://127.0.0.1:9/mcp', description: long };
    await callers.ask('admin', 'POST /admin/api/mcp-servers', body);
    const refused = await callers.ask('admin', 'PATCH /admin/api/mcp-servers/long', {
      description: 'mine',
      was: { description: '<b>short</b>' },
    });
    expect((refused.body.changed as { now: string }).now).toBe(long);
    expect(String(refused.body.message).length).toBeLessThan(500);
  });

  it('nobody without the right learns by it what is there', async () => {
    const refused = await callers.ask('user', `PATCH /admin/api/users/${aliceId}`, {
      full_name: 'x',
      was: { full_name: 'guess' },
    });
    expect(refused.status).toBe(403);
    expect(refused.body.changed).toBeUndefined();
  });
});
