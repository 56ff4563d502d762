export { fixedTokenKey, makeApiKey, type NewApiKey, parseApiKey } from './api-key.ts';
export { type Authenticator, createAuthenticator, type Endpoint } from './authenticate.ts';
export {
  type BrowserSessions,
  createBrowserSessions,
  type SessionLife,
  type SignedIn,
} from './browser-sessions.ts';
export { challengeOf, insufficientScope } from './challenge.ts';
export { type ConnectLink, ConnectLinks } from './connect-links.ts';
export { type AccessKey, createKeyRing, type KeyRing } from './key-ring.ts';
export { ACCESS_TOKEN } from './keys/token-type.ts';
export * from './login/index.ts';
export { createMint, keyLifeOf, LONGEST_ACCESS_MS, type Mint } from './mint.ts';
export { asAsked, audiencesOf, rootOf } from './origins.ts';
export {
  brokenRules,
  createPasswords,
  DEFAULT_PASSWORD_POLICY,
  isPasswordHash,
  type PasswordPolicy,
  type Passwords,
} from './passwords.ts';
export * from './people/index.ts';
export { createMetadataRoutes } from './resource-metadata.ts';
