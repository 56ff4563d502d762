import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, startCallers } from '../admin/api/support/callers.ts';
import { beside } from './support/beside.ts';
import { commandLine } from './support/command-line.ts';

let callers: Callers;
let run: ReturnType<typeof beside>;
beforeAll(async () => {
  callers = await startCallers({ settings: { rateLimit: { login: { max: 4 } } } });
  run = beside(callers);
});
afterAll(() => callers.close());

const weak = { username: 'weakling', password: 'aaaaaaaa' };
const add = async () => (await callers.ask('admin', 'POST /admin/api/users', weak)).status;

describe('settings', () => {
  it('are chosen beside a running gateway, which goes by them, and forgotten again', async () => {
    for (const rule of ['requireUppercase', 'requireDigit'])
      expect((await run(['settings', 'set', `passwordPolicy.${rule}`, 'no'])).out).toBe(
        `passwordPolicy.${rule} is false now.`,
      );
    await expect.poll(add, { timeout: 3000, interval: 50 }).toBe(201);
    expect((await run(['settings', 'unset', 'passwordPolicy.requireDigit'])).out).toBe(
      'passwordPolicy.requireDigit is as it was before it was chosen.',
    );
    await expect.poll(add, { timeout: 3000, interval: 50 }).toBe(400);
    const [row] = await callers.store.listAudit(1);
    expect(row).toMatchObject({
      actor: expect.stringMatching(/^cli:/),
      action: 'settings.change',
      target: 'passwordPolicy.requireDigit',
      before: '{"passwordPolicy.requireDigit":false}',
      after: '{"passwordPolicy.requireDigit":null}',
    });
  });

  it('are listed and shown with who decided', async () => {
    await run(['settings', 'set', 'pageSize', '50']);
    const { out } = await run(['settings', 'list']);
    expect(out).toMatch(/^KEY +VALUE +FROM +BY +APPLIES\n/);
    expect(out).toMatch(/^pageSize +50 +stored +cli:\S+ +restart$/m);
    expect(out).toMatch(/^rateLimit\.login\.max +4 +file +\S*authmcp\.yaml:\d+ +live$/m);
    expect((await run(['settings', 'get', 'pageSize'])).out).toBe('50');
    expect(JSON.parse((await run(['settings', 'get', 'pageSize', '--json'])).out)).toMatchObject({
      from: 'stored',
    });
    expect((await run(['settings', 'set', 'pageSize', '60'])).out).toBe(
      'pageSize is 60 now. It counts from the next start on.',
    );
  });

  it('count for the command line as well', async () => {
    const alone = commandLine();
    const strict = ['user', 'add', 'alice', '--password-stdin'];
    await alone.run(['settings', 'set', 'passwordPolicy.minLength', '30']);
    expect((await alone.run(strict, 'Correct-Horse-7')).err).toBe(
      'The password needs at least 30 characters.',
    );
  });
});

describe('what cannot be is refused in one sentence', () => {
  it.each([
    [
      'a key that is none',
      ['set', 'pagesize2', '5'],
      /^pagesize2: there is no such setting; did you mean pageSize\?\.$/,
    ],
    ['a key that is none to see', ['get', 'nothing'], /^There is no setting nothing\./],
    ['a key with escapes', ['set', '\u001b[2J', '5'], /^\\u001b\[2J: there is no such setting/],
    ['a wrong value', ['set', 'pageSize', 'many'], /^pageSize: must be a whole number from 0 to 100000\.$/],
    ['a secret', ['set', 'dcr.initialAccessToken', 'x'], /^dcr\.initialAccessToken: is a secret/],
    [
      'what the file decides',
      ['set', 'rateLimit.login.max', '9'],
      /^rateLimit\.login\.max: is set in .*authmcp\.yaml:\d+, which wins/,
    ],
    [
      'what is decided earlier',
      ['set', 'logLevel', 'debug'],
      /^logLevel: is decided before the database is open: set LOG_LEVEL/,
    ],
    ['what is so already', ['set', 'session.hours', '24'], /^session\.hours is so already\./],
    ['what nobody chose', ['unset', 'session.hours'], /^session\.hours is so already\./],
  ])('%s', async (_, args, says) => {
    const { code, out, err } = await run(['settings', ...args]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(says);
  });
});
