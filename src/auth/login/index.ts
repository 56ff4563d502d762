/** Signing in by name and password. */
export { type BlockedAddresses, createBlockedAddresses } from './blocked-addresses.ts';
export { createPasswordCheck, type PasswordCheck } from './check-password.ts';
export { createKnownBrowsers } from './known-browsers.ts';
export { createLoginEvents } from './login-events.ts';
export { createLoginRoutes, type LoginDeps } from './login-routes.ts';
export { createLoginThrottle, type LoginLimit } from './login-throttle.ts';
export { createRefreshFamilies, type LoginLife, type RefreshFamilies } from './refresh-families.ts';
export type { Registration } from './register.ts';
