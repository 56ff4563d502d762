import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import { loadConfig, serverFromDraft } from '../../src/config/index.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function load(oauth: unknown, server: object = { url: 'https://h.example/mcp' }) {
  const cwd = mkdtempSync(join(tmpdir(), 'amg-oauth-'));
  const servers = { x: { ...server, auth: { oauth } } };
  writeFileSync(join(cwd, 'authmcp.yaml'), JSON.stringify({ mcpServers: servers }));
  return loadConfig({ env: {}, cwd }).servers[0]?.auth;
}

const revealed = (value: object | undefined): unknown =>
  Object.fromEntries(
    Object.entries(value ?? {})
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [name, inner instanceof Secret ? inner.reveal() : inner]),
  );

describe('auth.oauth', () => {
  it.for([
    [{ per: 'user' }, { per: 'user', grant: 'authorization_code' }],
    [
      { per: 'gateway', clientId: 'c', clientSecret: 's3cret', issuer: 'https://as.example', scopes: 'a b' },
      {
        per: 'gateway',
        grant: 'authorization_code',
        clientId: 'c',
        clientSecret: 's3cret',
        issuer: 'https://as.example',
        scopes: ['a', 'b'],
      },
    ],
    [
      { per: 'gateway', grant: 'client_credentials', clientId: 'c', privateKey: PEM, privateKeyAlg: 'ES256' },
      { per: 'gateway', grant: 'client_credentials', clientId: 'c', privateKey: PEM, privateKeyAlg: 'ES256' },
    ],
    [
      { per: 'gateway', grant: 'client_credentials', clientId: 'c', privateKey: PEM.replaceAll('\n', '\\n') },
      { per: 'gateway', grant: 'client_credentials', clientId: 'c', privateKey: PEM },
    ],
    [
      {
        per: 'gateway',
        grant: 'refresh_token',
        refreshToken: 's3cret',
        tokenEndpoint: 'https://as.example/t',
      },
      {
        per: 'gateway',
        grant: 'refresh_token',
        refreshToken: 's3cret',
        tokenEndpoint: 'https://as.example/t',
      },
    ],
  ])('%j', ([given, expected]) => {
    const auth = load(given);
    expect(JSON.stringify(auth)).not.toMatch(/s3cret|PRIVATE/);
    expect(revealed(auth)).toEqual({ kind: 'oauth', ...expected });
  });

  it('is the same in what an administrator types, where nothing of the environment is put in', () => {
    const reading = { folder: '/', defaultTimeoutSeconds: 30, warn: () => {} };
    const draft = (secret: string) => ({
      url: 'https://h.example/mcp',
      auth: { oauth: { per: 'user', clientId: 'c', clientSecret: secret } },
    });
    expect(revealed(serverFromDraft('x', draft('s'), reading).auth)).toMatchObject({ clientSecret: 's' });
    expect(() => serverFromDraft('x', draft('$' + '{JWT_SECRET_KEY}'), reading)).toThrow(/References/);
    expect(() => serverFromDraft('x', { url: 'https://h', auth: { oauth: {} } }, reading)).toThrow(
      /^Auth\.oauth\.per/,
    );
  });
});

describe('refused, naming the field', () => {
  const machine = { per: 'gateway', grant: 'client_credentials' };
  it.for([
    [{}, /auth\.oauth\.per is missing/],
    ['user', /auth\.oauth must be a map/],
    [{ per: 'users' }, /auth\.oauth\.per must be one of user, gateway.*did you mean user/],
    [{ per: 'user', grant: 'password' }, /auth\.oauth\.grant must be one of/],
    [{ per: 'user', grant: 'client_credentials' }, /auth\.oauth\.grant goes with per: gateway/],
    [{ per: 'user', grant: 'refresh_token', refreshToken: 'x' }, /auth\.oauth\.grant goes with per: gateway/],
    [{ per: 'user', clientID: 'x' }, /auth\.oauth\.clientID is not known; did you mean clientId/],
    [{ per: 'user', __proto__x: 'x' }, /__proto__x is not known/],
    [{ per: 'user', clientId: '' }, /auth\.oauth\.clientId is empty/],
    [{ per: 'user', clientId: 'a\r\nb' }, /auth\.oauth\.clientId is empty or has a character/],
    [{ per: 'user', clientId: ['a'] }, /auth\.oauth\.clientId must be a text/],
    [{ per: 'user', clientSecret: 'x' }, /auth\.oauth\.clientSecret goes with clientId/],
    [
      { per: 'user', clientId: 'c', clientSecret: 'x', privateKey: PEM },
      /auth\.oauth\.privateKey and clientSecret/,
    ],
    [{ per: 'user', clientId: 'c', privateKey: 'x' }, /auth\.oauth\.privateKey must be a private key/],
    [
      { per: 'user', clientId: 'c', privateKeyAlg: 'ES256' },
      /auth\.oauth\.privateKeyAlg goes with privateKey/,
    ],
    [{ per: 'user', clientId: 'c', privateKey: PEM, privateKeyAlg: 'HS256' }, /privateKeyAlg must be one of/],
    [{ per: 'user', issuer: 'as.example' }, /auth\.oauth\.issuer must be an absolute URL/],
    [{ per: 'user', issuer: 'https://as.example/?a=b' }, /auth\.oauth\.issuer must be an absolute URL/],
    [{ per: 'user', issuer: 'https://u:p@as.example' }, /auth\.oauth\.issuer must be an absolute URL/],
    [{ per: 'user', issuer: 'file:///etc/passwd' }, /auth\.oauth\.issuer must be an absolute URL/],
    [{ per: 'user', scopes: ['a"b'] }, /auth\.oauth\.scopes has "a\\?"b"/],
    [{ per: 'user', scopes: { a: 1 } }, /auth\.oauth\.scopes must be a text/],
    [{ per: 'user', tokenEndpoint: 'https://as.example/t' }, /auth\.oauth\.tokenEndpoint goes with/],
    [{ per: 'user', refreshToken: 'x' }, /auth\.oauth\.refreshToken goes with grant/],
    [{ ...machine }, /auth\.oauth\.clientId is missing/],
    [{ ...machine, clientId: 'c' }, /auth\.oauth\.clientSecret is missing/],
    [
      { ...machine, clientId: 'c', clientSecret: 's', tokenEndpoint: '/token' },
      /tokenEndpoint must be an absolute/,
    ],
    [{ per: 'gateway', grant: 'refresh_token' }, /auth\.oauth\.refreshToken is missing/],
  ] as const)('%j', ([given, says]) => {
    expect(() => load(given)).toThrow(says);
    expect(() => load(given)).toThrow(/authmcp\.yaml:\d/);
  });

  it('a command', () => {
    expect(() => load({ per: 'user' }, { command: 'x' })).toThrow(/auth\.oauth goes with url/);
  });

  it('never with the secret in the sentence', () => {
    expect(() => load({ per: 'user', clientSecret: 's3cret' })).toThrow(/^(?!.*s3cret)/);
  });
});
