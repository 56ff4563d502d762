import { dirname } from 'node:path';
import { didYouMean, printable } from '../../base/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { ConfigError } from '../config-error.ts';
import { asMap } from './fields.ts';
import { openFile } from './open-file.ts';
import { readServers } from './servers.ts';
import { readTree, type Tree } from './tree.ts';

/** What stands in `authmcp.yaml`; servers are read when the default timeout is known. */
export type ConfigFile = {
  readonly exists: boolean;
  readonly settings: Tree | undefined;
  readonly warnings: readonly string[];
  servers(defaultTimeoutSeconds: number): {
    readonly entries: readonly ServerEntry[];
    readonly warnings: readonly string[];
  };
};

const TOP = ['mcpServers', 'servers', 'settings'];

export function readConfigFile(
  path: string,
  shown: string,
  expand: (text: string, at: string) => string,
): ConfigFile {
  const text = openFile(path, shown);
  const tree = text === undefined ? undefined : readTree(shown.replace(/^\.\//, ''), text, expand);
  const fields = tree === undefined ? new Map() : asMap(tree, 'The file');
  for (const [name, { at }] of fields) {
    if (TOP.includes(name) || name === 'inputs') continue;
    const meant = didYouMean(name, TOP);
    const hint = meant ? `did you mean ${meant}?` : `it may hold ${TOP.join(', ')}.`;
    throw new ConfigError(`${at} ${printable(name)} does not belong at the top of the file; ${hint}`);
  }
  const [first, second] = [fields.get('mcpServers'), fields.get('servers')];
  if (first && second) throw new ConfigError(`${second.at} servers and mcpServers are the same. Keep one.`);
  const inputs = fields.get('inputs');
  return {
    exists: text !== undefined,
    settings: fields.get('settings')?.value,
    warnings: inputs
      ? [`${inputs.at} inputs means nothing here: write \${NAME} where a value is secret.`]
      : [],
    servers: seconds => readAll((first ?? second)?.value, dirname(path), seconds),
  };
}

function readAll(tree: Tree | undefined, folder: string, defaultTimeoutSeconds: number) {
  const warnings: string[] = [];
  if (tree === undefined) return { entries: [], warnings };
  const warn = (text: string) => warnings.push(text);
  return { entries: readServers(tree, { folder, source: 'file', defaultTimeoutSeconds, warn }), warnings };
}
