import type { Secret } from '../../base/index.ts';
import { isObject, type ServerAuth } from '../../mcp/index.ts';

export type CredentialHint = {
  /** The last four characters, of secrets long enough that they give nothing away. */
  readonly hint: string | undefined;
  /** Milliseconds since the epoch, where the credential says so itself. */
  readonly expiresAt: number | undefined;
};

const NOTHING: CredentialHint = { hint: undefined, expiresAt: undefined };
const LONG = 16;

/** Beyond it there are no dates (ECMA-262, "Time Values and Time Range"). */
const LAST_TIME = 8.64e15;

/** Until when a credential is good, in milliseconds since the epoch, as far as it says so itself. */
export type Expiry = number | 'never' | 'unknown';

/** `exp` of a JWT (RFC 7519 section 4.1.4); a token of any other form says nothing. */
function expiryOf(token: string): Expiry {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts[1]) return 'unknown';
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1], 'base64url').toString('utf8'));
    if (!isObject(claims)) return 'unknown';
    if (claims.exp === undefined) return 'never';
    const at = typeof claims.exp === 'number' ? claims.exp * 1000 : Number.NaN;
    return Math.abs(at) <= LAST_TIME ? at : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Until when a fixed credential is good. */
export function credentialExpiry(auth: ServerAuth): Expiry {
  return auth.kind === 'bearer' ? expiryOf(auth.token.reveal()) : 'unknown';
}

function hintOf(secret: Secret): CredentialHint {
  const text = secret.reveal();
  const expiresAt = expiryOf(text);
  return {
    hint: text.length < LONG ? '••••' : `••••${text.slice(-4)}`,
    expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
  };
}

/** What may be shown of a credential: that it is there, how it ends, and until when it is good. */
export function credentialHint(auth: ServerAuth): CredentialHint {
  switch (auth.kind) {
    case 'bearer':
      return hintOf(auth.token);
    case 'basic':
      return { hint: `${auth.user}:••••`, expiresAt: undefined };
    case 'headers':
      return { hint: Object.keys(auth.headers).join(', '), expiresAt: undefined };
    default:
      return NOTHING;
  }
}
