import type { Connection } from '../../store/index.ts';
import { type Account, accountOf, sealable } from './account.ts';
import type { Tokens } from './tokens.ts';

/** What an account becomes by new tokens. */
export function renewed(connection: Connection, account: Account, tokens: Tokens, now: number): Connection {
  const { accessToken, lifeMs, scopes } = tokens;
  const refreshToken = tokens.refreshToken ?? account.refreshToken;
  return {
    ...connection,
    state: 'connected',
    payload: sealable({ ...account, accessToken, refreshToken, lifeMs }),
    scopes: scopes ?? connection.scopes,
    expiresAt: lifeMs === undefined ? undefined : now + lifeMs,
    isRefreshable: connection.isRefreshable || refreshToken !== undefined,
    refreshedAt: now,
  };
}

/** Without its tokens; what it was asked for stays, for the next time. */
export function parked(connection: Connection): Connection {
  const payload = sealable({ ...accountOf(connection), accessToken: '', refreshToken: undefined });
  return { ...connection, state: 'ended', payload, isRefreshable: false };
}
