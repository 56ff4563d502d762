export { isFormerMcpPath } from './former-paths.ts';
export { createHealth } from './health.ts';
export type { PagesDeps } from './page-kit.ts';
export { createPages } from './pages.ts';
