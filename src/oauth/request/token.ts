import type { JWTPayload } from 'jose';
import { ACCESS_TOKEN, type KeyRing } from '../../auth/index.ts';
import type { Shown } from '../adapter/access-tokens.ts';
import type { Fields } from './fields.ts';

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

function shownOf(claims: JWTPayload): Shown | undefined {
  const { jti, sub, aud, iat, exp } = claims;
  const textAt = (name: string) => (typeof claims[name] === 'string' ? (claims[name] as string) : undefined);
  const clientId = textAt('client_id');
  if (!jti || !sub || typeof aud !== 'string' || iat === undefined || exp === undefined || !clientId)
    return undefined;
  return { jti, sub, aud, iat, exp, clientId, gid: textAt('gid'), scope: textAt('scope') };
}

/**
 * RFC 7009 and RFC 7662 for signed tokens: one that is ours and lives is given to the provider by its id, any other as
 * a text that it cannot find.
 */
export async function prepareLookup(
  fields: Fields,
  keyRing: KeyRing,
  origin: string,
): Promise<{ readonly id: string; readonly token: Shown } | undefined> {
  const token = fields.get('token');
  if (token === undefined || fields.all('token').length !== 1 || !JWT.test(token)) return undefined;
  const verified = await keyRing.verify(token, ACCESS_TOKEN);
  const shown = verified.ok && verified.claims.iss === origin ? shownOf(verified.claims) : undefined;
  const id = `jwt:${shown?.jti ?? 'unknown'}`;
  fields.set('token', id);
  return shown && { id, token: shown };
}
