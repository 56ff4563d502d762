import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Secret, type UserId } from '../../base/index.ts';
import type { OAuthAuth, ServerEntry } from '../../mcp/index.ts';
import type { Connection, ConnectionKey } from '../../store/index.ts';
import { issuerDocument } from './discovery/discover.ts';
import type { OAuthClient } from './types.ts';

const account = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** How long the access token lives, in milliseconds, from its making. */
  lifeMs: z.number().optional(),
  issuer: issuerDocument,
  resource: z.string(),
  /** What the next connection asks for: what was asked for, and what the server wanted since. */
  wanted: z.array(z.string()),
  /** How often the server wanted more since somebody connected. */
  stepUps: z.number(),
  /** More is wanted, and nobody has connected since. */
  isWaiting: z.boolean().optional(),
  client: z.object({
    id: z.string().optional(),
    secret: z.string().optional(),
    method: z.string().optional(),
    redirectUri: z.string(),
  }),
});

/** What is kept of an account, in clear: it lives in memory and, sealed, in the store. */
export type Account = z.infer<typeof account>;

export const sealable = (kept: Account): Secret => new Secret(JSON.stringify(kept));
export const accountOf = ({ payload }: Connection): Account => account.parse(JSON.parse(payload.reveal()));

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

export type OAuthEntry = ServerEntry & { readonly auth: OAuthAuth };

export function isOAuth(entry: ServerEntry): entry is OAuthEntry {
  return entry.auth.kind === 'oauth' && entry.transport.kind !== 'stdio';
}

const bindings = new WeakMap<ServerEntry, string>();

/** What of a server's configuration its accounts belong to. Another address, client or issuer is another server. */
export function bindingOf(entry: OAuthEntry): string {
  const known = bindings.get(entry);
  if (known !== undefined) return known;
  const { transport, auth } = entry;
  const first = auth.refreshToken === undefined ? null : sha256(auth.refreshToken.reveal());
  const { per, grant, clientId = null, issuer = null, tokenEndpoint = null } = auth;
  const scopes = grant === 'client_credentials' ? (auth.scopes ?? null) : null;
  const url = transport.kind === 'stdio' ? null : transport.url;
  const binding = sha256(JSON.stringify([url, per, grant, clientId, issuer, tokenEndpoint, first, scopes]));
  bindings.set(entry, binding);
  return binding;
}

/** Whose account serves this person; undefined: nobody's. */
export function keyOf({ name, auth }: OAuthEntry, person: UserId | undefined): ConnectionKey | undefined {
  if (auth.per === 'gateway') return { server: name, userId: undefined };
  return person === undefined ? undefined : { server: name, userId: person };
}

/** The client to whom the tokens were given; its secret is the configured one where it was registered by hand. */
export function clientOf({ auth }: OAuthEntry, { client }: Account): OAuthClient {
  const kept = client.secret === undefined ? undefined : new Secret(client.secret);
  return {
    id: client.id,
    secret: auth.clientId === undefined ? kept : auth.clientSecret,
    privateKey: auth.privateKey,
    privateKeyAlg: auth.privateKeyAlg,
    method: client.method,
    redirectUri: client.redirectUri,
  };
}

export function keptClient(auth: OAuthAuth, client: OAuthClient): Account['client'] {
  const secret = auth.clientId === undefined ? client.secret?.reveal() : undefined;
  return { id: client.id, secret, method: client.method, redirectUri: client.redirectUri };
}

export const union = (...sets: readonly (readonly string[] | undefined)[]): readonly string[] => [
  ...new Set(sets.flatMap(set => set ?? [])),
];
