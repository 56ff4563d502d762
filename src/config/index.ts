export { ConfigError } from './config-error.ts';
export { type DataLock, lockDataDir, runningGateway } from './data-lock.ts';
export { renderConfigurationDoc, renderEnvExample } from './docs.ts';
export { type ServerDraft, serverFromDraft } from './file/server-draft.ts';
export {
  builtCommit,
  type Config,
  type Flags,
  type LoadInput,
  loadConfig,
  portOfEnvironment,
} from './load.ts';
export { isLoopbackAddress, type Mode, type PublicFace } from './mode.ts';
export { isOnPath } from './on-path.ts';
export type { Source } from './resolve-settings.ts';
export { type SettingKey, type SettingRow, type Settings, settingRows } from './schema.ts';
export { foreignNames, retiredNames } from './settings/retired.ts';
export { type WatchDeps, watchConfig } from './watch.ts';
