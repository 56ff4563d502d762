import type { KeyId, ServerName, UserId } from '../base/index.ts';

/** How a caller proved who it is. `expiresAt` in milliseconds; undefined: until revoked. */
export type Credential =
  | { readonly kind: 'key'; readonly id: KeyId; readonly expiresAt: number | undefined }
  | { readonly kind: 'token'; readonly id: string; readonly expiresAt: number; readonly audience: string }
  /** None was demanded. */
  | { readonly kind: 'open'; readonly id: string; readonly expiresAt: undefined };

/** Who is calling, decided once from the request's headers. */
export type Caller = {
  readonly principal: UserId;
  readonly name: string;
  readonly isAdmin: boolean;
  /** OAuth client id, or the API key's name. */
  readonly client: string;
  readonly credential: Credential;
  readonly scopes: readonly string[];
  /** The servers that this person was granted; administrators have all. */
  readonly grants: ReadonlySet<ServerName> | 'all';
};
