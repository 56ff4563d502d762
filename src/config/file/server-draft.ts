import type { ServerEntry } from '../../mcp/index.ts';
import { ConfigError } from '../config-error.ts';
import { readServers, type ServerReading } from './servers.ts';
import { readTree } from './tree.ts';

export type ServerDraft = Readonly<Record<string, unknown>>;

/**
 * A server that a person typed elsewhere than in the file, checked like one of the file. References to the
 * environment are not expanded, and refused where a secret belongs: else whoever may add a server could read them.
 */
export function serverFromDraft(
  title: string,
  draft: ServerDraft,
  reading: Omit<ServerReading, 'source'>,
): ServerEntry {
  if (JSON.stringify([draft.headers, draft.auth, draft.env]).includes('${')) {
    throw new ConfigError(
      `References like \${NAME} are replaced in the configuration file only. Give the value itself, or write the server there.`,
    );
  }
  try {
    const tree = readTree('draft', JSON.stringify(Object.fromEntries([[title, draft]])));
    const warn = (text: string) => reading.warn(withoutPlace(text));
    const [entry] = readServers(tree, { ...reading, warn, source: 'store' });
    if (entry === undefined) throw new ConfigError('A server needs a name.');
    return entry;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(withoutPlace(error.message));
  }
}

/** A draft has no lines that anybody could look up. */
function withoutPlace(text: string): string {
  return text.replace(/^draft:\d+ /, '').replace(/^./, first => first.toUpperCase());
}
