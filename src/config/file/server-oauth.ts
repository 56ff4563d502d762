import { didYouMean, printable, Secret } from '../../base/index.ts';
import type { OAuthAuth } from '../../mcp/index.ts';
import { ConfigError } from '../config-error.ts';
import { asChoice, asMap, asText, asTexts, type Fields } from './fields.ts';
import type { Entry } from './tree.ts';

const FIELDS = [
  ...['per', 'grant', 'clientId', 'clientSecret', 'privateKey', 'privateKeyAlg', 'scopes'],
  ...['issuer', 'tokenEndpoint', 'refreshToken'],
];

const ALGORITHMS = [
  ...['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['Ed25519', 'EdDSA'],
];

const at = (fields: Fields, name: string, entry: Entry): string => fields.get(name)?.at ?? entry.at;

/** A text that holds no control character and is not empty. */
function readText(fields: Fields, name: string): string | undefined {
  const entry = fields.get(name);
  const text = asText(entry, `auth.oauth.${name}`);
  if (text !== undefined && !/^[\x20-\x7e]+$/.test(text)) {
    throw new ConfigError(`${entry?.at} auth.oauth.${name} is empty or has a character that it cannot have.`);
  }
  return text;
}

function readSecret(fields: Fields, name: string): Secret | undefined {
  const text = readText(fields, name);
  return text === undefined ? undefined : new Secret(text);
}

function readPrivateKey(fields: Fields): Secret | undefined {
  const entry = fields.get('privateKey');
  const pem = asText(entry, 'auth.oauth.privateKey');
  if (pem === undefined) return undefined;
  // Where it comes from the environment, its lines often come as `\n`.
  const text = pem.includes('\n') ? pem : pem.replaceAll('\\n', '\n');
  if (!/^\s*-----BEGIN (?:EC |RSA )?PRIVATE KEY-----\s[\s\S]+-----END [A-Z ]+-----\s*$/.test(text)) {
    throw new ConfigError(
      `${entry?.at} auth.oauth.privateKey must be a private key as PEM ("-----BEGIN PRIVATE KEY-----"), not encrypted.`,
    );
  }
  return new Secret(text);
}

/** RFC 8414 section 2: an issuer has neither query nor fragment. It is kept as written: it is compared so. */
function readUrl(fields: Fields, name: 'issuer' | 'tokenEndpoint'): string | undefined {
  const text = readText(fields, name);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isHttp || url.hash || url.username || url.password || (name === 'issuer' && url.search)) {
    throw new ConfigError(
      `${fields.get(name)?.at} auth.oauth.${name} must be an absolute URL (https://...), not "${printable(text)}".`,
    );
  }
  return text;
}

/** RFC 6749 section 3.3; one text may hold several. */
function readScopes(fields: Fields): readonly string[] | undefined {
  const entry = fields.get('scopes');
  const scopes = asTexts(entry, 'auth.oauth.scopes')?.flatMap(text => text.split(' ').filter(Boolean));
  const wrong = scopes?.find(scope => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (wrong !== undefined) {
    throw new ConfigError(`${entry?.at} auth.oauth.scopes has "${printable(wrong)}", which is no scope.`);
  }
  return scopes;
}

function refuseUnknown(fields: Fields): void {
  for (const [name, { at: place }] of fields) {
    if (FIELDS.includes(name)) continue;
    const meant = didYouMean(name, FIELDS);
    throw new ConfigError(
      `${place} auth.oauth.${printable(name)} is not known${meant ? `; did you mean ${meant}?` : `. It takes ${FIELDS.join(', ')}.`}`,
    );
  }
}

/** What goes together and what does not: each row is a sentence about one field. */
function refuseContradictions(auth: OAuthAuth, fields: Fields, entry: Entry): void {
  const isOf = (grant: OAuthAuth['grant']): boolean => auth.grant === grant;
  const rules: readonly (readonly [name: string, isWrong: boolean, says: string])[] = [
    [
      'grant',
      auth.per === 'user' && !isOf('authorization_code'),
      'goes with per: gateway; people connect their own accounts by authorization_code',
    ],
    ['clientId', isOf('client_credentials') && !auth.clientId, 'is missing: client_credentials needs one'],
    [
      'clientSecret',
      isOf('client_credentials') && !auth.clientSecret && !auth.privateKey,
      'is missing: client_credentials needs it, or privateKey',
    ],
    ['clientSecret', !!auth.clientSecret && !auth.clientId, 'goes with clientId'],
    ['privateKey', !!auth.privateKey && !auth.clientId, 'goes with clientId'],
    ['privateKey', !!auth.privateKey && !!auth.clientSecret, 'and clientSecret exclude each other'],
    ['privateKeyAlg', !!auth.privateKeyAlg && !auth.privateKey, 'goes with privateKey'],
    ['refreshToken', isOf('refresh_token') && !auth.refreshToken, 'is missing: grant refresh_token needs it'],
    ['refreshToken', !isOf('refresh_token') && !!auth.refreshToken, 'goes with grant: refresh_token'],
    [
      'tokenEndpoint',
      isOf('authorization_code') && !!auth.tokenEndpoint,
      'goes with client_credentials and refresh_token; for authorization_code it is discovered',
    ],
  ];
  const wrong = rules.find(([, isWrong]) => isWrong);
  if (wrong) throw new ConfigError(`${at(fields, wrong[0], entry)} auth.oauth.${wrong[0]} ${wrong[2]}.`);
}

/** `auth: { oauth: { ... } }`. Throws ConfigError that names the field. */
export function readOAuth(entry: Entry): OAuthAuth {
  const fields = asMap(entry.value, 'auth.oauth');
  refuseUnknown(fields);
  const per = asChoice(fields.get('per'), 'auth.oauth.per', ['user', 'gateway']);
  if (per === undefined) {
    throw new ConfigError(
      `${entry.at} auth.oauth.per is missing: user (each person connects an own account) or gateway (one for all).`,
    );
  }
  const grants = ['authorization_code', 'client_credentials', 'refresh_token'] as const;
  const auth: OAuthAuth = {
    kind: 'oauth',
    per,
    grant: asChoice(fields.get('grant'), 'auth.oauth.grant', grants) ?? 'authorization_code',
    clientId: readText(fields, 'clientId'),
    clientSecret: readSecret(fields, 'clientSecret'),
    privateKey: readPrivateKey(fields),
    privateKeyAlg: asChoice(fields.get('privateKeyAlg'), 'auth.oauth.privateKeyAlg', ALGORITHMS),
    scopes: readScopes(fields),
    issuer: readUrl(fields, 'issuer'),
    tokenEndpoint: readUrl(fields, 'tokenEndpoint'),
    refreshToken: readSecret(fields, 'refreshToken'),
  };
  refuseContradictions(auth, fields, entry);
  return auth;
}
