import {
  ANONYMOUS,
  createAuthenticator,
  createBlockedAddresses,
  createBrowserSessions,
  createKeyRing,
  createKnownBrowsers,
  createLinks,
  createLoginEvents,
  createLoginThrottle,
  createMint,
  createPasswordCheck,
  createPasswords,
  createRefreshFamilies,
  createSetup,
  ensureServiceUser,
  type FirstAdminOutcome,
  keepStaticTokens,
  keyLifeOf,
  type LoginLife,
  type LoginLimit,
  makeFirstAdmin,
  type PasswordPolicy,
  type Registration,
  type SessionLife,
} from '../auth/index.ts';
import type { Clock } from '../base/index.ts';
import type { Config, Settings } from '../config/index.ts';
import type { Feed, Ledger, Retention } from '../ledger/index.ts';
import type { Live } from '../live/index.ts';
import type { Store } from '../store/index.ts';
import { createBlocking } from './detecting.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export type Base = {
  /** As it was at the start, with what administrators chose before. */
  readonly config: Config;
  /** As it is now. */
  readonly configNow: () => Config;
  readonly store: Store;
  readonly live: Live;
  readonly ledger: Ledger;
  readonly feed: Feed;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly origin: () => string;
};

export function policyOf(settings: Settings): PasswordPolicy {
  return {
    minLength: settings['passwordPolicy.minLength'],
    requireUppercase: settings['passwordPolicy.requireUppercase'],
    requireLowercase: settings['passwordPolicy.requireLowercase'],
    requireDigit: settings['passwordPolicy.requireDigit'],
    requireSpecial: settings['passwordPolicy.requireSpecial'],
  };
}

function loginLimitOf(atStart: Settings, settings: Settings): LoginLimit {
  return {
    isEnabled: atStart['rateLimit.enabled'],
    max: settings['rateLimit.login.max'],
    window: settings['rateLimit.login.window'],
  };
}

/** How people come by themselves. */
export function registrationOf(atStart: Settings, settings: Settings): Registration {
  return {
    isOpen: settings['system.allowRegistration'],
    policy: policyOf(settings),
    limit: {
      isEnabled: atStart['rateLimit.enabled'],
      max: settings['rateLimit.register.max'],
      window: settings['rateLimit.register.window'],
    },
  };
}

function loginLifeOf(settings: Settings): LoginLife {
  return {
    accessTtlMs: settings['jwt.accessTokenExpireMinutes'] * MINUTE_MS,
    slidingMs: settings['jwt.refreshTokenExpireDays'] * DAY_MS,
    absoluteMs: settings['jwt.refreshTokenMaxDays'] * DAY_MS,
    isSingle: settings['jwt.enforceSingleSession'],
  };
}

function sessionLifeOf(settings: Settings): SessionLife {
  return {
    idleMs: settings['browserSession.idleMinutes'] * MINUTE_MS,
    absoluteMs: settings['browserSession.maxMinutes'] * MINUTE_MS,
  };
}

/** What knows who people are and what they may. */
export async function buildIdentity(base: Base) {
  const { config, configNow, store, live, ledger, clock, origin } = base;
  const { master, settings } = config;
  const now = () => configNow().settings;
  const accessTtlMs = () => now()['jwt.accessTokenExpireMinutes'] * MINUTE_MS;
  const keyRing = createKeyRing({
    store,
    master,
    clock,
    live,
    ledger,
    signing: config.signing,
    keepMs: keyLifeOf(accessTtlMs()),
  });
  const passwords = createPasswords();
  const anonymousId = settings['system.authRequired']
    ? undefined
    : await ensureServiceUser(ANONYMOUS, { store, clock });
  const anonymous = () => anonymousId;
  const events = createLoginEvents(master, ledger);
  const browsers = createKnownBrowsers({ master, clock, origin });
  const blocked = createBlockedAddresses({
    ...{ clock, ms: createBlocking(configNow) },
    named: () => live.current().blocked,
  });
  const throttle = createLoginThrottle(clock, () => loginLimitOf(settings, now()));
  return {
    keyRing,
    passwords,
    blocked,
    authenticator: createAuthenticator({ live, store, keyRing, clock, origin, anonymous }),
    mint: createMint({ keyRing, clock, origin, accessTtlMs }),
    families: createRefreshFamilies({
      store,
      live,
      ledger,
      master,
      clock,
      life: () => loginLifeOf(now()),
    }),
    checkPassword: createPasswordCheck({
      ...{ store, live, passwords, throttle, clock, browsers, blocked, events },
    }),
    sessions: createBrowserSessions({
      store,
      live,
      master,
      clock,
      origin,
      life: () => sessionLifeOf(now()),
    }),
    setup: createSetup({ store, clock, origin, ledger, blocked }),
    links: createLinks({ store, clock, origin, ledger, blocked }),
  };
}

export type Identity = Awaited<ReturnType<typeof buildIdentity>>;

/** Makes the people and keys that the configuration names; says what became of its administrator. */
export async function settlePeople(
  { config, store, clock }: Base,
  identity: Identity,
): Promise<FirstAdminOutcome | undefined> {
  await keepStaticTokens(config.settings.staticBearerTokens, { store, clock });
  const { adminUsername: name, adminPassword: password, adminEmail: email } = config;
  if (name === undefined || password === undefined) return undefined;
  const deps = { store, passwords: identity.passwords, clock, policy: policyOf(config.settings) };
  return makeFirstAdmin({ name, password, email }, deps);
}
