import { type Clock, type UserId, uuidv7 } from '../base/index.ts';
import type { KeyRing } from './key-ring.ts';
import { ACCESS_TOKEN } from './keys/token-type.ts';

export type AccessToken = {
  readonly token: string;
  readonly jti: string;
  readonly expiresAt: number;
};

export type MintDeps = {
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  /** The public origin, without a slash at its end. */
  readonly origin: () => string;
  /** Milliseconds; an hour unless said. */
  readonly accessTtlMs?: () => number;
};

/** Of whom a token is; `as`: by which client, and for how long, where it is not a login. */
export type Mint = (
  user: UserId,
  family: string,
  as?: { readonly client: string; readonly ttlMs: number },
) => Promise<AccessToken>;

/** The client of `/auth/*`, as tokens and refresh families name it. */
export const LOGIN_CLIENT = 'authmcp-login';
export const DEFAULT_ACCESS_TTL_MS = 3_600_000;
/** The longest that an administrator may let access tokens of one client live. */
export const LONGEST_ACCESS_MS = 30 * 86_400_000;

/** For how long a key that signs no more still verifies: some client's token may live the longest. */
export function keyLifeOf(accessTtlMs: number): number {
  return Math.max(accessTtlMs, LONGEST_ACCESS_MS);
}

/** Access tokens of `/auth/login` (RFC 9068), good for every endpoint; `gid` is the family of the login. */
export function createMint({
  keyRing,
  clock,
  origin,
  accessTtlMs = () => DEFAULT_ACCESS_TTL_MS,
}: MintDeps): Mint {
  return async (user, family, as = { client: LOGIN_CLIENT, ttlMs: accessTtlMs() }) => {
    const iat = Math.floor(clock.now() / 1000);
    const exp = iat + Math.floor(as.ttlMs / 1000);
    const jti = uuidv7(clock.now());
    const whose = { sub: user, client_id: as.client, gid: family, scope: 'mcp' };
    const claims = { iss: origin(), aud: `${origin()}/mcp`, ...whose, jti, iat, exp };
    return { token: await keyRing.sign(claims, ACCESS_TOKEN), jti, expiresAt: exp * 1000 };
  };
}
