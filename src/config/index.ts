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
} from './load.ts';
export { isOnPath } from './on-path.ts';
export { type SettingRow, type Settings, settingRows } from './schema.ts';
export { foreignNames, retiredNames } from './settings/retired.ts';
export { watchConfig } from './watch.ts';
