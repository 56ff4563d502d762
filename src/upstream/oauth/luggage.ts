import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ConnectState } from '../../store/index.ts';
import { issuerDocument } from './discovery/discover.ts';
import type { OAuthClient } from './types.ts';

/** What has to be known when the person comes back. */
const luggage = z.object({
  binding: z.string(),
  verifier: z.string(),
  issuer: issuerDocument,
  resource: z.string(),
  scopes: z.array(z.string()),
  stepUps: z.number(),
  client: z.object({
    id: z.string(),
    secret: z.string().optional(),
    method: z.string().optional(),
    redirectUri: z.string(),
  }),
  back: z.string().optional(),
});

export type Luggage = z.infer<typeof luggage>;

export const readLuggage = ({ payload }: ConnectState): Luggage =>
  luggage.parse(JSON.parse(payload.reveal()));

/** The authorization request (RFC 6749 section 4.1.1, RFC 7636, RFC 8707). */
export function urlTo(
  { issuer, resource, scopes, verifier }: Luggage,
  client: OAuthClient,
  state: string,
): URL {
  const url = new URL(issuer.authorization_endpoint ?? '');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const params: Readonly<Record<string, string>> = {
    response_type: 'code',
    client_id: client.id ?? '',
    redirect_uri: client.redirectUri,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    resource,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    // OpenID Connect Core section 11: offline access is granted where the person is asked.
    ...(scopes.includes('offline_access') && { prompt: 'consent' }),
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url;
}
