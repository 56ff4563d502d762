export {
  RESERVED_SERVER_NAMES,
  SERVER_NAME,
  type ServerAuth,
  type ServerEntry,
  type ServerTransport,
} from './server-entry.ts';
