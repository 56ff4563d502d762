import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './config-error.ts';

/** Makes the folder for this user alone. Returns whether it was made now. Throws ConfigError. */
export function prepareDataDir(path: string, shown: string): boolean {
  const isNew = !existsSync(path);
  try {
    makeFolders(path);
  } catch (error) {
    throw notWritable(path, shown, error);
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(`${shown} is a file, not a folder. Use --data-dir with another path.`);
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(path, shown, error);
  }
  return isNew;
}

/** Step by step: the recursive mkdir of Node never ends below /proc, where a folder cannot be made. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function notWritable(path: string, shown: string, error: unknown): ConfigError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new ConfigError(`${shown} is a file, or lies below one. Use --data-dir with another path.`);
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || code === 'EROFS') {
    return new ConfigError(`${shown} cannot be made here (${code}). Use --data-dir with another path.`);
  }
  return new ConfigError(
    `${shown} is not writable by you (owner ${userName(found.uid)}). Try: sudo chown -R $USER ${shown}`,
  );
}

function userName(uid: number): string {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find(each => each.split(':')[2] === String(uid));
    return line?.split(':')[0] ?? String(uid);
  } catch {
    return String(uid);
  }
}

/** Tables that only the databases of version 1 have. */
const VERSION_1 = ['user_mcp_permissions', 'auth_audit_log'];

/** Whether a file is a database of version 1, judged by the names in its first pages, where SQLite keeps its schema. */
export function isVersion1Database(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const head = Buffer.alloc(256 * 1024);
  const file = openSync(path, 'r');
  const length = readSync(file, head, 0, head.length, 0);
  closeSync(file);
  const text = head.toString('latin1', 0, length);
  return text.startsWith('SQLite format 3\0') && VERSION_1.some(table => text.includes(table));
}
