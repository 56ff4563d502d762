import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../config-error.ts';

/** The text of a configuration file, or undefined where there is none. A file that others may write is refused. */
export function openFile(path: string, shown: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new ConfigError(`${shown} is not a file.`);
  if (process.platform !== 'win32' && isWritableByOthers(found)) {
    throw new ConfigError(`${shown} can be changed by other users of this machine. Try: chmod go-w ${shown}`);
  }
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch {
    throw new ConfigError(`${shown} cannot be read by you. Try: sudo chown $USER ${shown}`);
  }
}

/** Many systems give each person a group alone and let that group write: this is not "others". */
function isWritableByOthers(found: { readonly mode: number; readonly gid: number }): boolean {
  if ((found.mode & 0o002) !== 0) return true;
  return (found.mode & 0o020) !== 0 && found.gid !== process.getgid?.();
}
