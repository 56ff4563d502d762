import type { Adapter } from 'oidc-provider';

/**
 * Nothing is kept: who is signed in is decided by the browser session of this gateway alone, at each authorization,
 * so that signing out there is signing out everywhere.
 */
export const noSessions: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};
