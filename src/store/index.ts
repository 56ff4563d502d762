export { isReferenceDatabase } from './db/open-sqlite.ts';
export { openStore } from './open-store.ts';
export type {
  ActivityRow,
  ApiKey,
  AuditRow,
  BrowserSession,
  CatalogueRow,
  EventRow,
  Grant,
  NewUser,
  OwnedName,
  RefreshToken,
  Role,
  SigningKey,
  Store,
  StoreDeps,
  User,
} from './types.ts';
