import type { GroupId, KeyId, UserId } from '../../base/index.ts';
import type { Role, User } from '../types.ts';

export type Edit = {
  readonly name: string;
  readonly email: string | undefined;
  readonly fullName: string | undefined;
  /** As in `NewUser`. */
  readonly isEmailClaimed?: boolean;
};

/** An API key as kept: the secret itself never rests anywhere. */
export type ApiKey = {
  readonly id: KeyId;
  readonly userId: UserId;
  readonly name: string;
  /** SHA-256 of the secret part, hex. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly lastUsedAt?: number | undefined;
  readonly lastUsedAddress?: string | undefined;
};

export type ApiKeyUse = { readonly id: KeyId; readonly at: number; readonly address: string | undefined };

export type BrowserSession = {
  readonly hash: string;
  readonly userId: UserId;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** When the password was last given. */
  readonly passwordAt: number;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
};

/** A link by which a person comes in, once: as somebody new, or with a new password. */
export type PersonLink = {
  readonly id: string;
  readonly kind: 'invite' | 'reset';
  /** SHA-256 of its token. */
  readonly hash: string;
  /** Whose password it changes. */
  readonly userId: UserId | undefined;
  /** What an invitation proposes. */
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly fullName: string | undefined;
  readonly role: Role;
  readonly groups: readonly GroupId[];
  /** The administrator who made it; undefined for the command line. It is good while that person still is one. */
  readonly madeBy: UserId | undefined;
  /** As the audit log names the maker. */
  readonly maker: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export type Invited = Edit & { readonly passwordHash: string };

export type LinkStore = {
  /** A link to a new password replaces the one before it. */
  add(link: PersonLink): Promise<void>;
  /** Undefined: there is none, it has expired, or who made it rules no more. */
  find(kind: PersonLink['kind'], hash: string, now: number): Promise<PersonLink | undefined>;
  list(now: number): Promise<readonly PersonLink[]>;
  remove(id: string): Promise<boolean>;
  /** Makes the person and spends the link, both or neither. */
  acceptInvite(
    hash: string,
    person: Invited,
    now: number,
  ): Promise<User | 'wrong_token' | 'name_taken' | 'email_taken'>;
  /** Sets the password, ends whatever the former one opened, and spends the link. */
  acceptReset(hash: string, passwordHash: string, now: number): Promise<User | 'wrong_token'>;
};

/** `value` is JSON. */
export type StoredSetting = {
  readonly key: string;
  readonly value: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
};

export type SettingStore = {
  list(): Promise<readonly StoredSetting[]>;
  /** All of them in one transaction; a key without a value is forgotten. */
  change(
    changes: readonly { readonly key: string; readonly value: string | undefined }[],
    by: string,
    now: number,
  ): Promise<void>;
};
