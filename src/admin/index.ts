export { createApi } from './api/api.ts';
export { createTurns } from './api/turns.ts';
export { renderClientsDoc } from './clients/doc.ts';
export { clients, commandOf } from './clients.ts';
export { createConnectPages } from './connect/connect-page.ts';
export { isApiPath, isFormerMcpPath } from './former-paths.ts';
export { explainTo } from './grants/explaining.ts';
export { ruleProblem, sayReason, whatOf } from './grants/rules.ts';
export {
  type Directory,
  readFormerClient,
  readLimitSubject,
  readSubject,
  showLimitSubject,
  showSubject,
} from './grants/subjects.ts';
export { createHealth } from './health.ts';
export { operationsOf } from './operations.ts';
export type { PagesDeps } from './page-kit.ts';
export { createPages } from './pages.ts';
export { tryServer } from './servers/prober.ts';
export { describeSwitches } from './servers/switches.ts';
