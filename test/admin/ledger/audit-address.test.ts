import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beside } from '../../cli/support/beside.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const FROM = '203.0.113.9';
const PASSWORD = 'Otter-lantern-48';

let proxied: Callers;
let direct: Callers;
let run: ReturnType<typeof beside>;
beforeAll(async () => {
  const settings = { system: { allowRegistration: true } };
  proxied = await startCallers({ settings: { ...settings, trustedProxies: ['127.0.0.1'] } });
  direct = await startCallers();
  run = beside(proxied);
});
afterAll(async () => {
  await proxied.close();
  await direct.close();
});

const by = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const addUser = (callers: Callers, username: string, address = FROM, who: 'admin' | 'key:admin' = 'admin') =>
  callers.ask(who, 'POST /admin/api/users', { username, password: PASSWORD }, by(address));
const changes = async (query: string, callers = proxied) =>
  ((await callers.ask('auditor', `GET /admin/api/audit?${query}`)).body as { entries: readonly Json[] })
    .entries;

describe('a change says from where it was made', () => {
  it('by a browser and by a key, behind a proxy that is trusted', async () => {
    await addUser(proxied, 'one');
    await addUser(proxied, 'two', '2001:db8::7', 'key:admin');
    expect(await changes('target=one')).toMatchObject([{ actor: 'user:admin', address: FROM }]);
    expect(await changes('target=two')).toMatchObject([{ actor: 'key:admin/api', address: '2001:db8::7' }]);
  });

  it('and believes nobody who is no trusted proxy', async () => {
    await addUser(direct, 'forged');
    expect(await changes('target=forged', direct)).toMatchObject([{ address: '127.0.0.1' }]);
    await addUser(proxied, 'chained', `198.51.100.1, ${FROM}`);
    expect(await changes('target=chained')).toMatchObject([{ address: FROM }]);
    await addUser(proxied, 'odd', '<script>');
    expect(JSON.stringify(await changes('target=odd'))).not.toContain('script');
  });

  it('of somebody who came by themselves', async () => {
    const response = await fetch(proxied.url('/auth/register'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': FROM },
      body: JSON.stringify({ username: 'newcomer', email: 'n@example.org', password: PASSWORD }),
    });
    expect(response.status).toBe(201);
    expect(await changes('target=newcomer')).toMatchObject([{ actor: 'registration', address: FROM }]);
  });

  it('and none where it came by no request', async () => {
    expect((await run(['user', 'add', 'typed', '--password-stdin'], `${PASSWORD}\n`)).code).toBe(0);
    expect(await changes('target=typed')).toMatchObject([
      { actor: expect.stringMatching(/^cli:/), address: null },
    ]);
  });
});

describe('it can be asked for', () => {
  it('by the API', async () => {
    await addUser(proxied, 'sought', '198.51.100.77');
    expect(await changes('address=198.51.100.77')).toMatchObject([{ target: 'sought' }]);
    expect(await changes('address=198.51.100.7')).toEqual([]);
    const twice = await proxied.ask('auditor', 'GET /admin/api/audit?address=a&address=b');
    expect(twice.status).toBe(400);
  });

  it('on the command line', async () => {
    await addUser(proxied, 'listed', '198.51.100.78');
    const { out } = await run(['audit-log', '--address', '198.51.100.78']);
    const [head, ...rows] = out.split('\n');
    expect(head).toMatch(/^TIME +ACTOR +ADDRESS +ACTION +TARGET/);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/user:admin +198\.51\.100\.78 +user\.add +listed/);
    const json = await run(['audit-log', '--address', '198.51.100.78', '--json']);
    expect(JSON.parse(json.out)).toMatchObject([{ address: '198.51.100.78' }]);
  });

  it('and stands in what is taken along', async () => {
    await addUser(proxied, 'taken', '198.51.100.79');
    const take = async (format: string) =>
      String(
        (await proxied.ask('auditor', `GET /admin/api/audit/export?format=${format}&target=taken`)).body.text,
      );
    expect(JSON.parse(await take('jsonl'))).toMatchObject({ address: '198.51.100.79' });
    const [head = '', row = ''] = (await take('csv')).split('\r\n');
    expect(row.split(',')[head.split(',').indexOf('address')]).toBe('198.51.100.79');
  });
});
