/** What an administrator decided about a client; it rides along with its metadata, and never leaves. */
export type OwnMetadata = {
  readonly authmcp_scopes?: readonly string[];
  readonly authmcp_access_ttl_ms?: number;
  readonly authmcp_refresh_ttl_ms?: number;
  readonly authmcp_user?: string;
};
export const OWN_METADATA = [
  'authmcp_scopes',
  'authmcp_access_ttl_ms',
  'authmcp_refresh_ttl_ms',
  'authmcp_user',
] as const satisfies readonly (keyof OwnMetadata)[];

export const ownOf = (client: object | undefined): OwnMetadata => client ?? {};
