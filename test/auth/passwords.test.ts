import { expect, it } from 'vitest';
import { brokenRules, createPasswords, DEFAULT_PASSWORD_POLICY } from '../../src/auth/index.ts';
import { Fault, Secret } from '../../src/base/index.ts';

const secret = (text: string) => new Secret(text);

it('knows a password again and no other', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash(secret('Correct horse 1'));
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(hash, secret('Correct horse 1'))).toBe(true);
  expect(await passwords.verify(hash, secret('Correct horse 2'))).toBe(false);
  expect(await passwords.verify(hash, secret(''))).toBe(false);
});

it('reads 1,024 bytes and no more', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash(secret('a'.repeat(1024)));
  expect(await passwords.verify(hash, secret(`${'a'.repeat(1024)}b`))).toBe(true);
  expect(await passwords.verify(hash, secret('a'.repeat(1023)))).toBe(false);
});

it.each([undefined, '', 'plain', '$2b$12$abcdefghijklmnopqrstuv'])(
  'says no where the hash is %s',
  async hash => {
    expect(await createPasswords().verify(hash, secret('x'))).toBe(false);
  },
);

it('lets so many wait and refuses the rest with a time to come back [T19]', async () => {
  const passwords = createPasswords({ atOnce: 1, waiting: 2 });
  const tries = await Promise.allSettled(
    Array.from({ length: 6 }, () => passwords.verify(undefined, secret('x'))),
  );
  expect(tries.filter(one => one.status === 'fulfilled')).toHaveLength(3);
  const refused = tries.filter(one => one.status === 'rejected').map(one => one.reason);
  for (const fault of refused) {
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ fault: 'overloaded', data: { retryAfterMs: 2000 } });
  }
  expect(await passwords.verify(undefined, secret('x'))).toBe(false);
});

it.each([
  ['Abcdefg1', []],
  ['Äbcdefg1', []],
  ['abcdefg1', ['an upper-case letter']],
  ['ABCDEFG1', ['a lower-case letter']],
  ['Abcdefgh', ['a digit']],
  ['Abcdef1', ['at least 8 characters']],
  ['💥💥💥Aa1', ['at least 8 characters']],
  ['', ['at least 8 characters', 'an upper-case letter', 'a lower-case letter', 'a digit']],
])('%s lacks %j', (text, rules) => {
  expect(brokenRules(secret(text))).toEqual(rules);
});

it('asks for a special character only when told to', () => {
  const policy = { ...DEFAULT_PASSWORD_POLICY, requireSpecial: true };
  expect(brokenRules(secret('Abcdefg1'), policy)).toEqual(['a special character']);
  expect(brokenRules(secret('Abcdefg1!'), policy)).toEqual([]);
});
