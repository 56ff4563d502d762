import type { IncomingMessage } from 'node:http';
import { randomToken, Secret } from '../base/index.ts';
import type { Settings } from '../config/index.ts';
import { createAddressReader, header } from '../http/index.ts';
import { type AuthorizationServer, createAuthorizationServer, type OAuthSettings } from '../oauth/index.ts';
import type { Base, Identity } from './identity.ts';
import type { Path } from './path.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Where a token is asked for and none was chosen, nobody has it. */
function initialTokenOf(settings: Settings): Secret | undefined {
  if (!settings['dcr.requireInitialToken']) return undefined;
  return settings['dcr.initialAccessToken'] ?? new Secret(randomToken(32));
}

/** What is asked for at each use stands in getters: it follows what administrators choose. */
function settingsOf(settings: Settings, now: () => Settings): OAuthSettings {
  return {
    initialAccessToken: initialTokenOf(settings),
    dcrLimit: { max: settings['rateLimit.dcr.max'], window: settings['rateLimit.dcr.window'] },
    failedLimit: {
      max: settings['rateLimit.failedAuth.max'],
      window: settings['rateLimit.failedAuth.window'],
    },
    isLimited: settings['rateLimit.enabled'],
    get allowDcr() {
      return now()['system.allowDcr'];
    },
    get cimd() {
      return now()['system.cimd'];
    },
    get accessTtlMs() {
      return now()['jwt.accessTokenExpireMinutes'] * MINUTE_MS;
    },
    get refreshSlidingMs() {
      return now()['jwt.refreshTokenExpireDays'] * DAY_MS;
    },
    get refreshMaxMs() {
      return now()['jwt.refreshTokenMaxDays'] * DAY_MS;
    },
    get unusedDays() {
      return now()['dcr.unusedDays'];
    },
    get isSingleSession() {
      return now()['jwt.enforceSingleSession'];
    },
  };
}

/** The authorization server beside what it shares with the rest: people, keys, and the way out. */
export function buildOAuth(base: Base, identity: Identity, { egress }: Path): AuthorizationServer {
  const { settings, master } = base.config;
  const readAddress = createAddressReader(settings.trustedProxies);
  const addressOf = (incoming: IncomingMessage): string =>
    readAddress(incoming.socket.remoteAddress ?? '', header(incoming, 'x-forwarded-for'));
  const { keyRing, sessions, checkPassword } = identity;
  return createAuthorizationServer({
    ...base,
    master,
    egress,
    keyRing,
    sessions,
    checkPassword,
    addressOf,
    settings: settingsOf(settings, () => base.configNow().settings),
  });
}
