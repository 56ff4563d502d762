import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, importJWK, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { createBrowserSessions, createKeyRing, createPasswords } from '../../../src/auth/index.ts';
import { Secret } from '../../../src/base/index.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { post } from '../../support/mcp.ts';
import { createClock } from './world.ts';

const PASSWORD = 'Correct-Horse-7';
const MASTER = 'q8Zt3Vw9Lk2Xr7Bn5Mf4Gh6Jd1Sp0YaQe7';

type Claims = Readonly<Record<string, unknown>>;

/** The gateway, and everything that signs, so that each thing that is wrong can be wrong alone. */
export async function createForge() {
  const clock = createClock(Date.now());
  const gateway = await startGatewayHere({
    servers: { home: 'http://127.0.0.1:9/mcp', work: 'http://127.0.0.1:9/mcp' },
    // Each case comes from an address of its own, by which its event is found.
    settings: { rateLimit: { enabled: false }, trustedProxies: '127.0.0.1,::1' },
    env: { JWT_SECRET_KEY: MASTER },
    clock,
  });
  const ring = createKeyRing({ store: gateway.store, master: new Secret(MASTER), clock });
  const [own = {}] = await ring.signingJwks();
  const kid = String(own.kid);
  const passwordHash = await createPasswords().hash(new Secret(PASSWORD));
  const made = await gateway.store.createUser({ name: 'alice', role: 'user', passwordHash }, clock.now());
  if (typeof made === 'string') throw new Error(made);
  for (const server of ['home', 'work'] as const)
    await gateway.store.addGrant({ userId: made.id, server: server as never });
  const claims = (): Claims => {
    const iat = Math.floor(clock.now() / 1000);
    const whose = { sub: made.id, client_id: 'c', scope: 'mcp', jti: 'j' };
    return { iss: gateway.origin, aud: gateway.url('/mcp'), ...whose, iat, exp: iat + 600 };
  };
  /** Signed by the gateway's key but for what `header` and `key` say; a claim that is undefined is left out. */
  const sign = async (change: Claims = {}, header: Partial<JWTHeaderParameters> = {}, key: JWK = own) => {
    const all = Object.entries({ ...claims(), ...change }).filter(([, value]) => value !== undefined);
    const alg = header.alg ?? 'ES256';
    const secret = key.kty === 'oct' ? Buffer.from(String(key.k), 'base64url') : await importJWK(key, alg);
    return new SignJWT(Object.fromEntries(all))
      .setProtectedHeader({ typ: 'at+jwt', kid, ...header, alg })
      .sign(secret);
  };
  const strange = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const login = await post(gateway.url('/auth/login'), { username: 'alice', password: PASSWORD });
  return {
    ...{ gateway, clock, ring, own, kid, claims, sign, strange, user: made },
    published: (await ring.jwks()).keys[0] ?? {},
    login: login.message as Readonly<Record<string, string>>,
    apiKey: await gateway.userToken('bob', ['home']),
    setupToken: gateway.built.setupLink?.url.reveal().split('#')[1] ?? '',
    cookie: await cookieOf(gateway, made, clock),
  };
}

async function cookieOf(
  { store, origin }: GatewayHere,
  user: Parameters<ReturnType<typeof createBrowserSessions>['begin']>[0],
  clock: ReturnType<typeof createClock>,
): Promise<string> {
  const deps = { store, master: new Secret(MASTER), clock, origin: () => origin };
  const [set = ''] = await createBrowserSessions({ ...deps, live: {} as never }).begin(user, {});
  return set.split(';')[0] ?? '';
}

export type Forge = Awaited<ReturnType<typeof createForge>>;

/** Header and claims in their own spelling, and any signature. */
export const unsigned = (header: object, claims: object, signature = '') =>
  [header, claims]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat(signature)
    .join('.');
