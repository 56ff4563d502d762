import { createHmac } from 'node:crypto';
import { deriveKey, type Secret } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { User } from '../../store/index.ts';

type Who = { readonly name: string; readonly address: string };

/** What the ledger hears of logins that failed. */
export type LoginEvents = {
  failed(who: Who, user: User | undefined): void;
  throttled(who: Who): void;
};

/** People type passwords where their name belongs: of a name that nobody has, a keyed hash and two letters are kept. */
export function createLoginEvents(master: Secret, ledger: Pick<Ledger, 'event'>): LoginEvents {
  const key = deriveKey(master, 'login-name');
  const veiled = (name: string) => ({
    nameStart: [...name].slice(0, 2).join(''),
    nameHash: createHmac('sha256', key).update(name.toLowerCase()).digest('base64url').slice(0, 22),
  });
  return {
    failed: ({ name, address }, user) =>
      ledger.event({
        type: 'auth_failed',
        severity: user ? 'medium' : 'low',
        principal: user?.id,
        address,
        detail: user ? { door: 'login', name: user.name } : { door: 'login', ...veiled(name) },
      }),
    throttled: ({ name, address }) =>
      ledger.event({
        type: 'brute_force',
        severity: 'high',
        address,
        detail: { door: 'login', ...veiled(name) },
      }),
  };
}
