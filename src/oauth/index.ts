export { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts';
export {
  type ClientDraft,
  describeClient,
  makeClient,
  withNewSecret,
  wrongWith,
} from './managed-clients.ts';
export { cleanName } from './pages/client-face.ts';
export type { OAuthSettings } from './types.ts';
