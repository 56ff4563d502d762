export { commandRules } from './command-rules.ts';
export { ConfigError } from './config-error.ts';
export { lockDataDir, runningGateway } from './data-lock.ts';
export { renderConfigurationDoc, renderEnvExample } from './docs.ts';
export { type ServerDraft, serverFromDraft } from './file/server-draft.ts';
export {
  builtCommit,
  type Config,
  type Flags,
  type LoadInput,
  loadConfig,
  portHere,
  tokenHere,
} from './load.ts';
export { newToolsOf } from './mode.ts';
export { isOnPath } from './on-path.ts';
export { type SettingRow, type Settings, settingRows } from './schema.ts';
export { foreignNames, retiredNames } from './settings/retired.ts';
export { appliesWhen, pinnedBy, planSettings, type SettingChange } from './stored/plan-settings.ts';
export {
  flattenSettings,
  formerDocument,
  readStored,
  type StoredSettings,
  withStored,
} from './stored/stored-settings.ts';
export { watchConfig } from './watch.ts';
