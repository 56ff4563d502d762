import { readFileSync } from 'node:fs';
import { ConfigError } from '../config-error.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The value of an environment name, or the content of the file that `<NAME>_FILE` names. Empty counts as unset. */
export function lookUp(env: Env, name: string): string | undefined {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  const path = env[`${name}_FILE`];
  return path === undefined || path === '' ? undefined : readSecretFile(path, `${name}_FILE`);
}

function readSecretFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new ConfigError(
      `${name} names ${path}, which cannot be read. Correct the path or its permissions.`,
    );
  }
}

const REFERENCE = /\$\$(?=\{)|\$\{([^}]*)\}/g;
const INSIDE = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/** Replaces `${X}`, `${env:X}` and `${X:-default}`; `$${` stands for `${` itself. Only for the file on disk. */
export function expandWith(env: Env): (text: string, at: string) => string {
  return (text, at) =>
    text.replace(REFERENCE, (found, inside: string | undefined) => {
      if (inside === undefined) return '$';
      const parts = INSIDE.exec(inside);
      if (parts?.[1] === undefined) {
        throw new ConfigError(`${at} ${found} is no environment name. Write \${NAME} or \${NAME:-default}.`);
      }
      const value = lookUp(env, parts[1]) ?? parts[2];
      if (value === undefined) {
        throw new ConfigError(
          `${at} ${found} is not set. Set ${parts[1]}, or write \${${parts[1]}:-default}.`,
        );
      }
      return value;
    });
}
