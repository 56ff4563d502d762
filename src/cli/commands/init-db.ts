import type { Command } from 'commander';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData } from '../options.ts';

export function addInitDb(program: Command, context: Context): void {
  withData(
    program
      .command('init-db')
      .description('make the data directory and its database, or bring them up to date'),
  ).action((flags: CommonFlags) =>
    withStore(flags, async ({ config, store }) => {
      const { dialect } = store;
      const text =
        dialect === 'postgres' ? 'the PostgreSQL database is ready' : `${config.dataDirShown} is ready`;
      show(context, flags, { dialect, dataDir: config.dataDir }, text);
    }),
  );
}
