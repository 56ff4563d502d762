import type { Command } from 'commander';
import { type CommonFlags, type Context, show } from '../options.ts';
import { packageVersion } from '../version.ts';

export function addVersion(program: Command, context: Context): void {
  program
    .command('version')
    .description('print version, commit and Node version')
    .option('--json', 'print JSON')
    .action(async (flags: CommonFlags) => {
      const { builtCommit } = await import('../../config/index.ts');
      const version = packageVersion();
      const commit = builtCommit();
      const text = `AuthMCP Gateway ${version}${commit ? ` (${commit})` : ''}, Node ${process.versions.node}`;
      show(context, flags, { version, commit, node: process.versions.node }, text);
    });
}
