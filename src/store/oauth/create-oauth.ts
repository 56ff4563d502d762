import type { Sealing } from '../../base/index.ts';
import type { Db } from '../change.ts';
import { createArtifacts } from './artifacts.ts';
import { createClients } from './clients.ts';
import type { OAuthStore } from './types.ts';

/** What the authorization server keeps. */
export function createOAuth(db: Db, seal: Sealing): OAuthStore {
  return { ...createArtifacts(db, seal), ...createClients(db) };
}
