import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

export function addGrantCommands(program: Command, context: Context): void {
  const grant = program
    .command('grant')
    .description('say who may use which server; administrators may use all');
  withExamples(
    withData(grant.command('add <user> <server>').description('let a person use a server')),
    'authmcp-gateway grant add alice home-assistant',
  ).action((user: string, server: string, flags: CommonFlags) =>
    change(context, 'add', [user, server], flags),
  );
  withData(grant.command('remove <user> <server>').description('take a grant away, at once')).action(
    (user: string, server: string, flags: CommonFlags) => change(context, 'remove', [user, server], flags),
  );
  withData(grant.command('list').description('list grants, also those of the configuration file')).action(
    (flags: CommonFlags) => list(context, flags),
  );
}

async function change(
  context: Context,
  action: 'add' | 'remove',
  [userName, serverName]: readonly [string, string],
  flags: CommonFlags,
): Promise<void> {
  await withStore(flags, async ({ store, user, server, audit }) => {
    const { id: userId } = await user(userName);
    const grant = { userId, server: await server(serverName) };
    const isChanged = await (action === 'add' ? store.addGrant(grant) : store.removeGrant(grant));
    const shown = `${printable(userName)} on ${grant.server}`;
    if (!isChanged)
      throw new Refusal(
        action === 'add' ? `There is a grant of ${shown} already.` : `There is no grant of ${shown}.`,
      );
    await audit({ action: `grant.${action}`, target: userName, after: { server: grant.server } });
    show(
      context,
      flags,
      { user: userName, server: grant.server },
      `grant of ${shown} ${action === 'add' ? 'added' : 'removed'}`,
    );
  });
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, servers }) => {
    const names = new Map((await store.listUsers()).map(user => [user.id, user.name]));
    const stored = (await store.listGrants()).map(({ userId, server }) => ({
      who: names.get(userId) ?? userId,
      server: server as string,
      from: 'store',
    }));
    const inFile = (await servers())
      .filter(entry => entry.source === 'file')
      .flatMap(entry => entry.grants.map(who => ({ who, server: entry.name as string, from: 'file' })));
    const all = [...inFile, ...stored];
    show(
      context,
      flags,
      all,
      renderTable(
        ['WHO', 'SERVER', 'FROM'],
        all.map(each => [each.who, each.server, each.from]),
      ),
    );
  });
}
