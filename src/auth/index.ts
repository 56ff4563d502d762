export { fixedTokenKey, makeApiKey, type NewApiKey, parseApiKey } from './api-key.ts';
export {
  type Authenticator,
  type AuthenticatorDeps,
  createAuthenticator,
  type Endpoint,
} from './authenticate.ts';
export { challengeOf, metadataUrl } from './challenge.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { createMint, type Mint } from './mint.ts';
export { asAsked, audiencesOf } from './origins.ts';
export {
  brokenRules,
  createPasswords,
  DEFAULT_PASSWORD_POLICY,
  type PasswordPolicy,
  type Passwords,
} from './passwords.ts';
