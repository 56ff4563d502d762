import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerSettings } from '../../../src/oauth/provider-settings.ts';
import { type Attack, startAttack } from '../support/attack.ts';

/** What is not listed is off. */
const ON = [
  'clientCredentials',
  'clientIdMetadataDocument',
  'deviceFlow',
  'introspection',
  'pushedAuthorizationRequests',
  'registration',
  'registrationManagement',
  'resourceIndicators',
  'revocation',
];

type Features = Readonly<Record<string, { readonly enabled?: boolean }>>;
type Known = { readonly STABLE: Set<string>; readonly EXPERIMENTS: Map<string, unknown> };
type Defaults = { readonly defaults: { readonly features: Features } };
/** The provider's own lists have no types. */
const load = async (file: string): Promise<unknown> =>
  import(`../../../node_modules/oidc-provider/lib/helpers/${file}.js`);

type Deps = Parameters<typeof providerSettings>[0];
function settingsWith(change: object): Features {
  const settings = { allowDcr: true, cimd: 'auto', initialAccessToken: undefined, ...change };
  const deps = { settings, origin: () => 'https://gw.example', master: { reveal: () => 'm'.repeat(32) } };
  const parts = { jwks: [], accessKey: { alg: 'ES256', kid: 'k' }, algorithm: 'ES256' };
  return providerSettings(deps as unknown as Deps, parts as never).features as Features;
}

async function enabledWith(change: object): Promise<readonly string[]> {
  const { STABLE, EXPERIMENTS } = (await load('features')) as Known;
  const { defaults } = (await load('defaults')) as Defaults;
  const own = settingsWith(change);
  const names = [
    ...new Set([...STABLE, ...EXPERIMENTS.keys(), ...Object.keys(defaults.features), ...Object.keys(own)]),
  ];
  return names.filter(name => own[name]?.enabled ?? defaults.features[name]?.enabled).sort();
}

describe('what the provider can do [T32, C18]', () => {
  it('is this and nothing else', async () => {
    const enabled = await enabledWith({});
    console.log(`oidc-provider: ${enabled.join(', ')}`);
    expect(enabled).toEqual(ON);
  });

  it('is less where the settings say so', async () => {
    const without = (...names: readonly string[]) => ON.filter(name => !names.includes(name));
    expect(await enabledWith({ allowDcr: false })).toEqual(without('registration', 'registrationManagement'));
    expect(await enabledWith({ cimd: 'off' })).toEqual(without('clientIdMetadataDocument'));
  });

  it('is decided by name, each feature that this release has, so that a new one does not come on by itself', async () => {
    const { STABLE } = (await load('features')) as Known;
    const said = new Set(Object.keys(settingsWith({})));
    expect([...STABLE].filter(name => !said.has(name))).toEqual([]);
  });
});

describe('at the door', () => {
  let attack: Attack;
  beforeAll(async () => {
    attack = await startAttack();
  });
  afterAll(() => attack.close());

  it.for([
    ...[
      '/session/end',
      '/session/end/confirm',
      '/oauth/session/end',
      '/me',
      '/oauth/me',
      '/oauth/userinfo',
      '/userinfo',
      '/backchannel',
      '/oauth/backchannel',
    ],
    ...[
      '/challenge',
      '/credential',
      '/.well-known/openid-credential-issuer',
      '/request',
      '/reg',
      '/reg/x',
      '/auth',
      '/auth/x',
      '/jwks',
      '/oauth/jwks',
      '/device/auth',
      '/device/x',
      '/interaction/x',
      '/oauth/interaction/x/login',
    ],
  ])('%s is nothing of the provider', async path => {
    for (const method of ['GET', 'POST']) {
      const sent = await attack.send('off', path, { method, redirect: 'manual' });
      expect([301, 302, 303, 401, 404, 405], `${method} ${path} ${sent.status}`).toContain(sent.status);
      expect(sent.text).not.toMatch(/oidc-provider|end_session|"keys"/);
    }
  });
});
