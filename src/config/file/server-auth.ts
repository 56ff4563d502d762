import { printable, Secret } from '../../base/index.ts';
import type { ServerAuth } from '../../mcp/index.ts';
import { ConfigError } from '../config-error.ts';
import { asMap, asText, type Fields } from './fields.ts';
import { readHeaders } from './headers.ts';
import { readOAuth } from './server-oauth.ts';
import type { Entry } from './tree.ts';

const FORMS = 'auth takes one of bearer, basic, headers or oauth';

/** `auth:` of a server: `{ bearer }`, `{ basic }`, `{ headers }` or `{ oauth }`. */
export function readAuth(entry: Entry | undefined): ServerAuth {
  if (entry === undefined) return { kind: 'none' };
  const [form, ...more] = [...asMap(entry.value, 'auth')];
  if (form === undefined || more.length > 0) throw new ConfigError(`${entry.at} ${FORMS}.`);
  const [name, value] = form;
  switch (name) {
    case 'bearer':
      return { kind: 'bearer', token: readToken(value) };
    case 'basic':
      return readBasic(value);
    case 'headers':
      return { kind: 'headers', headers: readHeaders(value, 'auth.headers') };
    case 'oauth':
      return readOAuth(value);
    default:
      throw new ConfigError(`${value.at} ${FORMS}, not "${printable(name)}".`);
  }
}

function readToken(entry: Entry): Secret {
  const text = asText(entry, 'auth.bearer') ?? '';
  // The characters of a bearer token (RFC 6750 section 2.1), and what tokens of real servers hold besides.
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new ConfigError(`${entry.at} auth.bearer is empty or has a character that no token holds.`);
  }
  return new Secret(text);
}

function readBasic(entry: Entry): ServerAuth {
  const [user, password] =
    entry.value.is === 'map' ? readPair(entry.value.entries) : splitPair(asText(entry, 'auth.basic') ?? '');
  // RFC 7617 section 2: a user name with a colon cannot be told from its password.
  if (!user || password === undefined || user.includes(':') || /[\u0000-\u001f]/.test(user + password)) {
    throw new ConfigError(`${entry.at} auth.basic takes { user, password } or "user:password".`);
  }
  return { kind: 'basic', user, password: new Secret(password) };
}

function readPair(fields: Fields): readonly [string | undefined, string | undefined] {
  const user = fields.get('user') ?? fields.get('username');
  return [asText(user, 'auth.basic.user'), asText(fields.get('password'), 'auth.basic.password')];
}

function splitPair(text: string): readonly [string | undefined, string | undefined] {
  const colon = text.indexOf(':');
  return colon < 0 ? [undefined, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}
