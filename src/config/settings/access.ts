import { boolean, choice, optionalText, secret, secretList, setting, whole } from './kinds.ts';

/** Who may come in, and with what. */
export const accessSettings = {
  'jwt.secretKey': setting({
    kind: secret,
    default: undefined,
    env: ['JWT_SECRET_KEY'],
    isSecret: true,
    about:
      'The master secret from which every key is derived, at least 32 characters; without it keys/master.key is made in the data directory.',
  }),
  'jwt.secretKeyPrevious': setting({
    kind: secret,
    default: undefined,
    env: ['JWT_SECRET_KEY_PREVIOUS'],
    isSecret: true,
    about: 'The former master secret, while it is being changed.',
  }),
  'jwt.algorithm': setting({
    kind: choice('ES256', 'RS256', 'HS256'),
    default: 'ES256',
    env: ['JWT_ALGORITHM'],
    about: 'How access tokens are signed; HS256 is never used for ID tokens.',
  }),
  'jwt.privateKeyPath': setting({
    kind: optionalText,
    default: undefined,
    env: ['JWT_PRIVATE_KEY_PATH'],
    about: 'PEM file of the RS256 private key; without it one is made.',
  }),
  'jwt.publicKeyPath': setting({
    kind: optionalText,
    default: undefined,
    env: ['JWT_PUBLIC_KEY_PATH'],
    about: 'PEM file of the RS256 public key.',
  }),
  'jwt.accessTokenExpireMinutes': setting({
    kind: whole(1, 525600),
    default: 60,
    env: ['JWT_ACCESS_TOKEN_EXPIRE_MINUTES'],
    about: 'Minutes that an access token lives.',
  }),
  'jwt.refreshTokenExpireDays': setting({
    kind: whole(1, 365),
    default: 30,
    env: ['JWT_REFRESH_TOKEN_EXPIRE_DAYS'],
    about: 'Days that a refresh token lives; each use starts them anew.',
  }),
  'jwt.refreshTokenMaxDays': setting({
    kind: whole(1, 3650),
    default: 90,
    env: ['JWT_REFRESH_TOKEN_MAX_DAYS'],
    about: 'Days after which a login ends however often it was refreshed.',
  }),
  'jwt.enforceSingleSession': setting({
    kind: boolean,
    default: false,
    env: ['JWT_ENFORCE_SINGLE_SESSION'],
    about: 'A new login of a person ends the former one.',
  }),
  'browserSession.maxMinutes': setting({
    kind: whole(1, 525600),
    default: 480,
    env: ['ADMIN_TOKEN_EXPIRE_MINUTES'],
    about: 'Minutes after which a person has to sign in to the dashboard again.',
  }),
  'browserSession.idleMinutes': setting({
    kind: whole(1, 525600),
    default: 120,
    env: ['ADMIN_IDLE_MINUTES'],
    about: 'Minutes without a request after which a dashboard session ends.',
  }),
  'session.hours': setting({
    kind: whole(1, 720),
    default: 24,
    env: ['MCP_SESSION_HOURS'],
    about: 'Hours that an MCP session lives; then the client initializes again.',
  }),
  'system.authRequired': setting({
    kind: boolean,
    default: true,
    env: ['AUTH_REQUIRED'],
    about:
      'false lets callers without a token in as `anonymous`, only where nobody but this machine can connect.',
  }),
  'system.allowRegistration': setting({
    kind: boolean,
    default: false,
    env: ['ALLOW_REGISTRATION'],
    about: 'Anybody may make an account at /auth/register.',
  }),
  'system.allowDcr': setting({
    kind: boolean,
    default: true,
    env: ['ALLOW_DCR'],
    about: 'OAuth clients may register themselves (RFC 7591).',
  }),
  'system.cimd': setting({
    kind: choice('auto', 'on', 'off'),
    default: 'auto',
    env: ['ALLOW_CIMD'],
    about: 'OAuth clients may be known by the URL of their metadata document.',
  }),
  'dcr.requireInitialToken': setting({
    kind: boolean,
    default: false,
    env: ['DCR_REQUIRE_INITIAL_TOKEN'],
    about: 'Registration of OAuth clients needs the initial access token.',
  }),
  'dcr.initialAccessToken': setting({
    kind: secret,
    default: undefined,
    env: ['DCR_INITIAL_ACCESS_TOKEN'],
    isSecret: true,
    about: 'The token that registration then asks for.',
  }),
  staticBearerTokens: setting({
    kind: secretList,
    default: [],
    env: ['STATIC_BEARER_TOKENS', 'STATIC_BEARER_TOKEN'],
    isSecret: true,
    about: 'Each becomes an API key of the service user `static-bearer`, which has no grants until given.',
  }),
  'admin.username': setting({
    kind: optionalText,
    default: undefined,
    env: ['ADMIN_USERNAME'],
    about: 'Name of the administrator who is made at the first start; never changes an existing one.',
  }),
  'admin.password': setting({
    kind: secret,
    default: undefined,
    env: ['ADMIN_PASSWORD'],
    isSecret: true,
    about: 'Password of that administrator.',
  }),
  'admin.email': setting({
    kind: optionalText,
    default: undefined,
    env: ['ADMIN_EMAIL'],
    about: 'E-mail address of that administrator.',
  }),
  'passwordPolicy.minLength': setting({
    kind: whole(4, 128),
    default: 8,
    env: ['PASSWORD_MIN_LENGTH'],
    about: 'Characters that a password needs.',
  }),
  'passwordPolicy.requireUppercase': setting({
    kind: boolean,
    default: true,
    env: ['PASSWORD_REQUIRE_UPPERCASE'],
    about: 'A password needs an upper-case letter.',
  }),
  'passwordPolicy.requireLowercase': setting({
    kind: boolean,
    default: true,
    env: ['PASSWORD_REQUIRE_LOWERCASE'],
    about: 'A password needs a lower-case letter.',
  }),
  'passwordPolicy.requireDigit': setting({
    kind: boolean,
    default: true,
    env: ['PASSWORD_REQUIRE_DIGIT'],
    about: 'A password needs a digit.',
  }),
  'passwordPolicy.requireSpecial': setting({
    kind: boolean,
    default: false,
    env: ['PASSWORD_REQUIRE_SPECIAL'],
    about: 'A password needs a special character.',
  }),
};
