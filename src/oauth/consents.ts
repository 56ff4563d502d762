import { createHash } from 'node:crypto';
import type { UserId } from '../base/index.ts';
import { uuidv7 } from '../base/index.ts';
import { withoutPort } from './request/redirect-uris.ts';
import type { OAuthDeps } from './types.ts';

/** What a person agrees to. */
export type Agreement = {
  readonly userId: UserId;
  readonly clientId: string;
  /** What the client says of itself, as it stood when it was shown. */
  readonly metadata: object;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly resource: string;
};

export type Consents = {
  isKnown(agreement: Agreement): Promise<boolean>;
  remember(agreement: Agreement): Promise<void>;
};

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A change of any of these asks again: another redirect, scope or resource, or a client that describes itself anew. */
function keyOf({ clientId, metadata, redirectUri, scopes, resource }: Agreement): string {
  const whole = [clientId, sorted(metadata), withoutPort(redirectUri), [...scopes].sort(), resource];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex');
}

export function createConsents({ store, clock }: Pick<OAuthDeps, 'store' | 'clock'>): Consents {
  const put = (agreement: Agreement) => {
    const { userId, clientId, redirectUri, scopes, resource } = agreement;
    const now = clock.now();
    return store.oauth.putConsent({
      id: uuidv7(now),
      userId,
      clientId,
      key: keyOf(agreement),
      redirectUri: withoutPort(redirectUri),
      scopes: scopes.join(' '),
      resource,
      createdAt: now,
      usedAt: now,
    });
  };
  return {
    isKnown: async agreement => {
      const known = await store.oauth.consent(agreement.userId, keyOf(agreement));
      if (known) await put(agreement);
      return known !== undefined;
    },
    remember: put,
  };
}
