import type { IncomingMessage } from 'node:http';
import type { BrowserSessions, KeyRing, PasswordCheck } from '../auth/index.ts';
import type { Clock, Secret } from '../base/index.ts';
import type { Egress } from '../http/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Live } from '../live/index.ts';
import type { Store } from '../store/index.ts';

export type OAuthSettings = {
  /** Clients may register themselves (RFC 7591). */
  readonly allowDcr: boolean;
  /** What registration asks for, where it asks. */
  readonly initialAccessToken: Secret | undefined;
  /** Registrations of one address per window of seconds. */
  readonly dcrLimit: { readonly max: number; readonly window: number };
  /** Requests with a bad credential of one address per window of seconds. */
  readonly failedLimit: { readonly max: number; readonly window: number };
  readonly isLimited: boolean;
  readonly cimd: 'auto' | 'on' | 'off';
  /** Milliseconds. */
  readonly accessTtlMs: number;
  readonly refreshSlidingMs: number;
  readonly refreshMaxMs: number;
  /** Days after which a client that registered itself and was never used is forgotten. */
  readonly unusedDays: number;
  readonly isSingleSession: boolean;
};

export type OAuthDeps = {
  readonly store: Store;
  readonly live: Live;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly master: Secret;
  readonly keyRing: KeyRing;
  readonly sessions: BrowserSessions;
  readonly checkPassword: PasswordCheck;
  readonly egress: Egress;
  /** The public origin: the issuer, without a slash at its end. */
  readonly origin: () => string;
  /** The address that counts for limits: the peer's, or what a trusted proxy says. */
  readonly addressOf: (incoming: IncomingMessage) => string;
  readonly settings: OAuthSettings;
};
