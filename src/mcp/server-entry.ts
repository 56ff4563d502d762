import type { Secret, ServerName } from '../base/index.ts';

/** How the gateway proves itself to a server. */
export type ServerAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: Secret }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, Secret>> };

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
  /** Equal calls of one person within a minute run once: opt-in, for tools that clients repeat after a timeout. */
  readonly deduplicate?: boolean | undefined;
  /** Users (`alice`), groups (`group:home`) or everybody (`*`) that the file itself grants. */
  readonly grants: readonly string[];
  /** Address class when it was added; a public name that later resolves to a private address is refused. */
  readonly addressClass: 'public' | 'private' | undefined;
};

export const SERVER_NAME = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/;

/** Paths of the gateway itself, so no server may be called so. */
export const RESERVED_SERVER_NAMES: readonly string[] = ['messages', 'all', 'sse'];

/** How a server that this release only keeps is reached, as the middle of a sentence; undefined where it is called. */
export function notCalledYet({ transport }: Pick<ServerEntry, 'transport'>): string | undefined {
  switch (transport.kind) {
    case 'stdio':
      return 'is a command (stdio), which this release does not start';
    case 'sse':
      return 'speaks the older HTTP+SSE, which this release does not call';
    case 'http':
      return undefined;
  }
}
