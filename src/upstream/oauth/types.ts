import type { Clock, Secret, ServerName, UserId } from '../../base/index.ts';
import type { Egress } from '../../http/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { Store } from '../../store/index.ts';

/**
 * What goes with a request to a server. `unconnected`: somebody has to connect first. `never`: nobody did; `ended`:
 * the authorization server said no for good, or the account is not this person's to use any more; `scope`: the
 * server asks for more than was agreed to.
 */
export type Lease =
  | { readonly kind: 'ready'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'unconnected'; readonly why: 'never' | 'ended' | 'scope' };

/** How a server answered a request that carried, or lacked, a token. */
export type Refusal = {
  readonly status: number;
  /** Its `WWW-Authenticate`. */
  readonly challenge: string | undefined;
  /** The `authorization` header that was sent. */
  readonly authorization: string | undefined;
};

/** Who will be asked, and for what. */
export type Plan = { readonly issuer: string; readonly scopes: readonly string[] };

/**
 * What came of a journey to an authorization server. `unknown`: no such state, or it was used; `other_person`: begun
 * by somebody else or in another browser; `wrong_issuer`: the answer is not from whom was asked; `denied`: the person
 * said no there; `changed`: the server is another one since; `withdrawn`: it is not theirs to connect any more;
 * `failed`: no token came of it.
 */
export type Finished =
  | {
      readonly kind: 'connected';
      readonly server: ServerName;
      readonly scopes: readonly string[];
      readonly back?: string | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly why:
        | 'unknown'
        | 'other_person'
        | 'wrong_issuer'
        | 'denied'
        | 'changed'
        | 'withdrawn'
        | 'failed';
      readonly server: ServerName | undefined;
    };

/** One account as its owner sees it. */
export type ConnectionView = {
  readonly server: ServerName;
  /** Undefined: the gateway's own. */
  readonly person: UserId | undefined;
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly state: 'connected' | 'ended';
  readonly connectedAt: number;
  readonly refreshedAt: number | undefined;
  readonly expiresAt: number | undefined;
  readonly isRefreshable: boolean;
};

/** In milliseconds. */
export type ConnectionTimes = {
  /** So long before its expiry a token is refreshed. */
  readonly thresholdMs: number;
  /** Between two looks at tokens that expire. */
  readonly intervalMs: number;
  /** For one answer of an authorization server. */
  readonly timeoutMs: number;
};

export type ConnectionsDeps = {
  readonly store: Pick<Store, 'connections'>;
  readonly egress: Egress;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly live: Live;
  readonly origin: () => string;
  /** Where authorization servers send people back to, below the origin. */
  readonly redirectPath?: string;
  /** `upstream.private`: whether servers may have private addresses at all. */
  readonly isPrivateAllowed: boolean;
  /** The address of the document that says who the gateway is; undefined: none that an authorization server may use. */
  readonly clientMetadataUrl?: () => string | undefined;
  readonly times?: Partial<ConnectionTimes>;
};

/** The gateway as an authorization server knows it. */
export type OAuthClient = {
  /** Undefined: it says nothing of itself, where a refresh token was given to the operator without a client. */
  readonly id: string | undefined;
  readonly secret: Secret | undefined;
  readonly privateKey: Secret | undefined;
  readonly privateKeyAlg: string | undefined;
  /** As the registration's answer named it (RFC 7591 section 2). */
  readonly method: string | undefined;
  readonly redirectUri: string;
};

export type Traveller = {
  readonly person: UserId;
  /** What tells the browser session apart from others. */
  readonly session: string;
  /** The page of the gateway from which the person set out. */
  readonly back?: string | undefined;
};
