import type { Secret, ServerName, UserId } from '../base/index.ts';

/** The gateway as an OAuth client of a server: with an account per person, or with one of its own. */
export type OAuthAuth = {
  readonly kind: 'oauth';
  /** `user`: each person connects an account of their own, by `authorization_code`. */
  readonly per: 'user' | 'gateway';
  readonly grant: 'authorization_code' | 'client_credentials' | 'refresh_token';
  /** A client that was registered by hand. It belongs to one issuer; without `issuer` to the first it is used at. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: Secret | undefined;
  /** PEM, for `private_key_jwt` (RFC 7523). */
  readonly privateKey?: Secret | undefined;
  /** Its JWS algorithm, where the key allows several. */
  readonly privateKeyAlg?: string | undefined;
  /** Asked for instead of what the server names. */
  readonly scopes?: readonly string[] | undefined;
  /** Must be one of the server's authorization servers, character by character. */
  readonly issuer?: string | undefined;
  /** Absolute URL; nothing is discovered then. */
  readonly tokenEndpoint?: string | undefined;
  /** Where grant is `refresh_token`: the first one; its successors are kept in the store. */
  readonly refreshToken?: Secret | undefined;
};

/** How the gateway proves itself to a server. */
export type ServerAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: Secret }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, Secret>> }
  | OAuthAuth;

export type ServerTransport =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'sse'; readonly url: string }
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, Secret>>;
      readonly cwd: string | undefined;
    };

/** One MCP server behind the gateway, as configured: by the file (read-only elsewhere) or by an administrator. */
export type ServerEntry = {
  readonly name: ServerName;
  /** What an administrator called it; shown to people, never used as a key. */
  readonly title: string;
  readonly description?: string | undefined;
  readonly source: 'file' | 'store';
  readonly transport: ServerTransport;
  readonly auth: ServerAuth;
  /** Sent with each request besides the credential. */
  readonly headers: Readonly<Record<string, Secret>>;
  /** Stands before each name on `/mcp`; may be empty. */
  readonly prefix: string;
  readonly enabled: boolean;
  readonly timeoutMs: number;
  readonly protocol: 'auto' | 'legacy' | 'modern';
  /** Overrides `upstream.private`. */
  readonly private: 'allow' | 'deny' | undefined;
  /** The operator says that the server keeps nothing between requests. */
  readonly stateless: boolean;
  /** A program that is a server keeps what one client session must not see of another: it runs once for each. */
  readonly stateful?: boolean | undefined;
  /** Equal calls of one person within a minute run once: opt-in, for tools that clients repeat after a timeout. */
  readonly deduplicate?: boolean | undefined;
  /** Where pages may be to which the server sends people; undefined: anywhere that is secure. */
  readonly elicitationHosts?: readonly string[] | undefined;
  /** Users (`alice`), groups (`group:home`) or everybody (`*`) that the file itself grants. */
  readonly grants: readonly string[];
  /** Address class when it was added; a public name that later resolves to a private address is refused. */
  readonly addressClass: 'public' | 'private' | undefined;
};

export const SERVER_NAME = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/;

/** Paths of the gateway itself, so no server may be called so. */
export const RESERVED_SERVER_NAMES: readonly string[] = ['messages', 'all', 'sse'];

/** Whether each person reaches the server by an account of their own there. */
export function isPerPerson({ auth }: Pick<ServerEntry, 'auth'>): boolean {
  return auth.kind === 'oauth' && auth.per === 'user';
}

/** What tells one person's account at a server from everybody's way there, whose key is the server's name. */
export function accountKey(server: ServerName, person: UserId): string {
  return `${server} ${person}`;
}

/** Under which key a server is reached for this person. */
export function keyFor(entry: Pick<ServerEntry, 'name' | 'auth'>, person: UserId): string {
  return isPerPerson(entry) ? accountKey(entry.name, person) : entry.name;
}
