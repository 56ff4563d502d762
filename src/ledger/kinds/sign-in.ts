import { type Clock, cut, uuidv7 } from '../../base/index.ts';
import type { SignInRow } from '../../store/index.ts';
import type { Coming } from '../writing/floods.ts';
import type { Mutable } from './entry.ts';

/** What somebody did about being known here, by the names of version 1 where it had one. */
export type SignInType =
  | 'login'
  | 'admin_login'
  | 'logout'
  | 'register'
  | 'token_refresh'
  | 'mcp_oauth_authorize'
  | 'mcp_oauth_token'
  | 'mcp_oauth_refresh'
  | 'mcp_oauth_revoke'
  | 'mcp_oauth_error'
  | 'mcp_oauth_consent'
  | 'dcr_register'
  | 'dcr_update'
  | 'dcr_delete';

export type SignIn = {
  readonly type: SignInType;
  readonly isOk: boolean;
  readonly principal?: string | undefined;
  readonly userName?: string | undefined;
  readonly client?: string | undefined;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  /** In a few words, and no secret. */
  readonly detail?: string | undefined;
};

const short = (text: string | undefined) => (text === undefined ? undefined : cut(text, 256));

const NOBODY = { principal: undefined, userName: undefined, client: undefined, address: undefined };

/** The row, and by what equal ones are known: a flood of failures is one row with a count. */
export function rowOfSignIn(signIn: SignIn, clock: Clock): Coming<Mutable<SignInRow>> {
  const { type, isOk, principal, address } = signIn;
  const at = clock.now();
  const userName = short(signIn.userName);
  const detail = short(signIn.detail);
  const client = short(signIn.client);
  return {
    room: [type, principal === undefined ? 'stranger' : 'known'].join(' '),
    key: [type, address, principal, userName, client, detail].join(' '),
    make: () => ({
      ...{ id: uuidv7(at), at, type, principal, userName, client, address, detail, count: 1 },
      ...{ ok: isOk ? 1 : 0, userAgent: short(signIn.userAgent) },
    }),
    others: { ...NOBODY, userAgent: undefined, detail: 'others' },
  };
}
