import type { Secret } from '../../../base/index.ts';
import type { Listener } from './listener.ts';

/** As whom the authorization server is asked, and how that is proven. */
export type Client = {
  readonly id: string;
  readonly secret: Secret | undefined;
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post';
  readonly redirect: string;
};

/** Where a registered client can be removed again (RFC 7592). */
export type Registration = { readonly url: URL; readonly token: Secret };

/** What a walk leaves behind unless it is cleaned up. */
export type Made = {
  listener?: Listener;
  registered?: { readonly id: string; readonly registration: Registration | undefined };
  client?: Client;
  tokens: Secret[];
};
