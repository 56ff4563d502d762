import { timingSafeEqual } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { KeyId, UserId } from '../base/index.ts';
import { identityOf, type Means, type Snapshot } from '../live/index.ts';
import { type Caller, scopeOf } from '../policy/index.ts';
import type { User } from '../store/index.ts';
import { refusal } from './challenge.ts';

/** What a header proved once. Whether it still counts is asked of the snapshot at each use. */
export type Proof = KeyProof | TokenProof | OpenDoor;

type KeyProof = { readonly kind: 'key'; readonly id: KeyId; readonly secretHash: string };

type TokenProof = {
  readonly kind: 'token';
  readonly jti: string;
  readonly family: string | undefined;
  readonly user: UserId;
  readonly client: string;
  readonly scopes: readonly string[];
  readonly audience: string;
  readonly expiresAt: number;
};

/** Nothing was shown, and nothing is asked for: everybody is this user. */
type OpenDoor = { readonly kind: 'open'; readonly user: UserId };

export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function textOf(claims: JWTPayload, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' ? value : undefined;
}

/** A signed token as a proof; undefined when a claim that RFC 9068 section 2.2 requires is missing. */
export function proofOf(claims: JWTPayload): TokenProof | undefined {
  const audience = Array.isArray(claims.aud) ? claims.aud[0] : claims.aud;
  const [jti, user, client] = [claims.jti, claims.sub, textOf(claims, 'client_id')];
  if (!audience || !jti || !user || !client || claims.exp === undefined) return undefined;
  if (claims.iat === undefined) return undefined;
  // One token, one resource (RFC 8707): a second audience is nothing that this gateway ever signed.
  if (Array.isArray(claims.aud) && claims.aud.length !== 1) return undefined;
  const scopes = (textOf(claims, 'scope') ?? '').split(' ').filter(scope => scope !== '');
  const expiresAt = claims.exp * 1000;
  return {
    kind: 'token',
    jti,
    family: textOf(claims, 'gid'),
    user: user as UserId,
    client,
    scopes,
    audience,
    expiresAt,
  };
}

function liveUser(snapshot: Snapshot, id: UserId): User {
  const user = snapshot.users.get(id);
  if (user && !user.disabled) return user;
  throw refusal('invalid_token', 'The credential is not valid');
}

function callerOf(
  snapshot: Snapshot,
  user: User,
  proven: Pick<Caller, 'client' | 'credential' | 'scopes'>,
  means: Means = {},
): Caller {
  const isAdmin = user.role === 'admin' && proven.scopes.includes(scopeOf());
  const person = identityOf(snapshot, user.id, means);
  const rights = snapshot.policy.rightsOf(person);
  return { principal: user.id, name: user.name, isAdmin, person, rights, ...proven };
}

function callerByKey(proof: KeyProof, snapshot: Snapshot): Caller {
  const key = snapshot.keys.get(proof.id);
  if (!key || !isSameHash(key.secretHash, proof.secretHash)) {
    throw refusal('invalid_token', 'The API key is not valid');
  }
  const credential = { kind: 'key', id: key.id, expiresAt: key.expiresAt } as const;
  const proven = { client: key.name, credential, scopes: key.scopes };
  return callerOf(snapshot, liveUser(snapshot, key.userId), proven, { key: key.id });
}

function callerByToken(proof: TokenProof, snapshot: Snapshot): Caller {
  const { jti, family, client, scopes, audience, expiresAt } = proof;
  if (snapshot.revoked.has(jti) || (family !== undefined && snapshot.revoked.has(family))) {
    throw refusal('invalid_token', 'The access token was revoked');
  }
  const credential = { kind: 'token', id: jti, expiresAt, audience } as const;
  return callerOf(snapshot, liveUser(snapshot, proof.user), { client, credential, scopes }, { client });
}

function callerByOpenDoor({ user }: OpenDoor, snapshot: Snapshot): Caller {
  const credential = { kind: 'open', id: 'anonymous', expiresAt: undefined } as const;
  return callerOf(snapshot, liveUser(snapshot, user), { client: 'anonymous', credential, scopes: ['mcp'] });
}

/** Who calls, by the people and rights of `snapshot`; throws `unauthorized` when the proof counts no longer. */
export function toCaller(proof: Proof, snapshot: Snapshot): Caller {
  switch (proof.kind) {
    case 'key':
      return callerByKey(proof, snapshot);
    case 'token':
      return callerByToken(proof, snapshot);
    case 'open':
      return callerByOpenDoor(proof, snapshot);
  }
}
