import type { GroupId, KeyId, UserId } from '../base/index.ts';
import type { Rights } from './rights.ts';

/** An auditor reads everything that an administrator does, and changes nothing. */
export type Role = 'user' | 'auditor' | 'admin';

/** How a caller proved who it is. `expiresAt` in milliseconds; undefined: until revoked. */
export type Credential =
  | { readonly kind: 'key'; readonly id: KeyId; readonly expiresAt: number | undefined }
  | { readonly kind: 'token'; readonly id: string; readonly expiresAt: number; readonly audience: string }
  /** None was demanded. */
  | { readonly kind: 'open'; readonly id: string; readonly expiresAt: undefined };

/** Everything by which a rule can name somebody. */
export type Identity = {
  readonly user: UserId;
  readonly role: Role;
  readonly groups: readonly GroupId[];
  /** The OAuth client, or the API key, that is used. */
  readonly client?: string | undefined;
  readonly key?: KeyId | undefined;
};

/** Who is calling, decided once from the request's headers. */
export type Caller = {
  readonly principal: UserId;
  readonly name: string;
  /** An administrator, by a credential for all of it. */
  readonly isAdmin: boolean;
  /** OAuth client id, or the API key's name. */
  readonly client: string;
  readonly credential: Credential;
  readonly scopes: readonly string[];
  readonly person: Identity;
  /** What the rules give, whatever the scopes say. */
  readonly rights: Rights;
};
