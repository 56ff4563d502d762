export { fixedTokenKey, makeApiKey, type NewApiKey, parseApiKey } from './api-key.ts';
export { type Authenticator, createAuthenticator, type Endpoint } from './authenticate.ts';
export { type BrowserSessions, createBrowserSessions, type SignedIn } from './browser-sessions.ts';
export { challengeOf } from './challenge.ts';
export { type FirstAdmin, type FirstAdminOutcome, makeFirstAdmin } from './first-admin.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { createPasswordCheck, type PasswordCheck } from './login/check-password.ts';
export { createLoginEvents } from './login/login-events.ts';
export { createLoginRoutes, type LoginDeps } from './login/login-routes.ts';
export { createLoginThrottle, type LoginLimit } from './login/login-throttle.ts';
export { createRefreshFamilies, type RefreshFamilies } from './login/refresh-families.ts';
export { createMint, type Mint } from './mint.ts';
export { asAsked, audiencesOf } from './origins.ts';
export {
  brokenRules,
  createPasswords,
  DEFAULT_PASSWORD_POLICY,
  type PasswordPolicy,
  type Passwords,
} from './passwords.ts';
export { createMetadataRoutes } from './resource-metadata.ts';
export { ANONYMOUS, ensureServiceUser, keepStaticTokens } from './service-users.ts';
export { createSetup, type Setup, type SetupLink } from './setup.ts';
export { USER_NAME } from './user-name.ts';
