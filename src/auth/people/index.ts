/** Who people are, and how they come in for the first time. */
export { type FirstAdmin, type FirstAdminOutcome, makeFirstAdmin } from './first-admin.ts';
export { createLinks, type LinkRefusal, type Links, type Maker } from './links.ts';
export { alikeBecause } from './look-alikes.ts';
export { ANONYMOUS, ensureServiceUser, keepStaticTokens } from './service-users.ts';
export { createSetup, type Setup, type SetupLink } from './setup.ts';
export { isName, NAME_HAS, USER_NAME } from './user-name.ts';
