import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runIn } from './terminal.ts';

const PINNED = {
  '@anthropic-ai/claude-code': '2.1.332',
  '@openai/codex': '0.171.0',
  'mcp-remote': '0.15.1',
} as const;

type Package = keyof typeof PINNED;
export type Installed = {
  readonly binary: (name: string) => string;
  readonly version: (name: Package) => Promise<string>;
};

/** The pinned clients, in this folder; the one install script that has to run is run by its name. */
export async function installClients(folder: string): Promise<Installed> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const place = { cwd: folder, env: { ...process.env } as Record<string, string> };
  const names = Object.entries(PINNED).map(([name, version]) => `${name}@${version}`);
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await runIn(place, ['npm', 'install', ...quiet, ...names], 300);
  const modules = join(folder, 'node_modules');
  await runIn(place, [process.execPath, join(modules, '@anthropic-ai/claude-code/install.cjs')], 120);
  return {
    binary: name => join(modules, '.bin', name),
    version: async name =>
      JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8')).version as string,
  };
}
