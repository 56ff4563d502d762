import { createHmac } from 'node:crypto';
import { deriveKey, type Secret } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { User } from '../../store/index.ts';

export type Who = {
  readonly name: string;
  readonly address: string;
  readonly userAgent?: string | undefined;
  /** Where the password was given: `api`, `page`, `authorization`, or `again` by who is signed in. */
  readonly door?: string | undefined;
};

/** What the ledger hears of logins. */
export type LoginEvents = {
  passed(who: Who, user: User): void;
  failed(who: Who, user: User | undefined): void;
  /** `of`: the address, the account, or both together. */
  throttled(who: Who, of: unknown): void;
  /** One of many addresses that try one account, each too seldom to be throttled. */
  besieged(who: Who, user: User | undefined): void;
};

/** People type passwords where their name belongs: of a name that nobody has, a keyed hash and two letters are kept. */
export function createLoginEvents(master: Secret, ledger: Pick<Ledger, 'event' | 'signIn'>): LoginEvents {
  const key = deriveKey(master, 'login-name');
  const veiled = (name: string) => ({
    nameStart: [...name].slice(0, 2).join(''),
    nameHash: createHmac('sha256', key).update(name.toLowerCase()).digest('base64url').slice(0, 22),
  });
  const note = ({ name, address, userAgent, door }: Who, user: User | undefined, why?: string) => {
    const { nameStart, nameHash } = veiled(name);
    const who = user ? user.name : `${nameStart}...`;
    const said = [door ?? 'api', why, user ? undefined : `no such name (${nameHash})`];
    ledger.signIn({
      ...{
        type: user?.role === 'admin' && door === 'page' ? 'admin_login' : 'login',
        isOk: why === undefined,
      },
      ...{ principal: user?.id, userName: who, address, userAgent },
      detail: said.filter(part => part !== undefined).join(': '),
    });
  };
  return {
    passed: (who, user) => note(who, user),
    failed: (who, user) => {
      const { name, address } = who;
      note(who, user, 'wrong password');
      ledger.event({
        type: 'auth_failed',
        severity: user ? 'medium' : 'low',
        principal: user?.id,
        address,
        detail: user ? { door: 'login', name: user.name } : { door: 'login', ...veiled(name) },
      });
    },
    throttled: (who, of) => {
      const { name, address } = who;
      note(who, undefined, 'too many tries');
      const detail = { door: 'login', of, ...veiled(name) };
      ledger.event({ type: 'brute_force', severity: 'high', address, detail });
    },
    // Of all addresses together, so that a thousand of them are one row with a count.
    besieged: ({ name, address }, user) =>
      ledger.event({
        type: 'brute_force',
        severity: 'high',
        principal: user?.id,
        detail: { door: 'login', of: 'account', ...(user ? { name: user.name } : veiled(name)) },
        sample: { from: address },
      }),
  };
}
