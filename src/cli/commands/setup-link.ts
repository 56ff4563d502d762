import type { Command } from 'commander';
import { systemClock } from '../../base/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData } from '../options.ts';
import { Refusal } from '../refusal.ts';

type Flags = CommonFlags & { readonly port?: string };

export function addSetupLink(program: Command, context: Context): void {
  withData(
    program.command('setup-link').description('print a new link by which the first administrator is made'),
  )
    .option('--port <port>', 'the port of the gateway, where it is not the configured one')
    .action((flags: Flags) => printLink(context, flags));
}

async function printLink(context: Context, flags: Flags): Promise<void> {
  const { createSetup } = await import('../../auth/index.ts');
  await withStore(flags, async ({ config, store, audit }) => {
    const { origin } = config.mode.at(config.port);
    const setup = createSetup({ store, clock: systemClock, origin: () => origin });
    if (!(await setup.isWaiting())) {
      throw new Refusal(
        'There is an administrator already. To add another one: authmcp-gateway create-admin',
      );
    }
    const { url, expiresAt } = await setup.newLink();
    await audit({ action: 'setup.link', target: 'setup' });
    const text = url.reveal();
    show(context, flags, { url: text, expiresAt }, text);
  });
}
