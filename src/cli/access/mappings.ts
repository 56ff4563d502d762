import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** `server map`: names of tools that lead where an administrator says. */
export function addMappingCommands(server: Command, context: Context): void {
  withExamples(
    withData(
      server
        .command('map [name] [server] [tool]')
        .description('let a name on /mcp lead to a tool of a server; without words: list such names'),
    ),
    'authmcp-gateway server map search github search_code',
    'authmcp-gateway server map',
  ).action(
    (name: string | undefined, to: string | undefined, tool: string | undefined, flags: CommonFlags) =>
      name === undefined ? list(context, flags) : put(context, [name, to, tool], flags),
  );
  withData(server.command('unmap <name>').description('let a name lead again where it led by itself')).action(
    (name: string, flags: CommonFlags) => remove(context, name, flags),
  );
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store }) => {
    const all = await store.access.listMappings();
    const rows = all.map(({ name, server, tool }) => [name, server, tool]);
    show(context, flags, all, renderTable(['NAME', 'SERVER', 'TOOL'], rows));
  });
}

async function put(
  context: Context,
  [name = '', to, tool]: readonly (string | undefined)[],
  flags: CommonFlags,
): Promise<void> {
  if (to === undefined || tool === undefined)
    throw new Refusal('Say a name, a server and a tool of it: server map search github search_code.');
  if (!NAME.test(name))
    throw new Refusal(`${printable(name)} is no name: 1 to 64 letters, digits, _ . or -.`);
  await withStore(flags, async ({ store, now, actor, audit, server: serverNamed }) => {
    const server = await serverNamed(to);
    const owner = (await store.loadNames()).find(one => one.kind === 'tool' && one.exposed === name);
    if (owner)
      throw new Refusal(
        `${name} is what ${printable(owner.original)} of ${owner.server} is listed as. Choose another name.`,
      );
    const before = (await store.access.listMappings()).find(one => one.name === name);
    await store.access.putMapping({ name, server, tool, changedAt: now, changedBy: actor });
    await audit({
      action: 'tool-mapping.put',
      target: name,
      before: before && { server: before.server, tool: before.tool },
      after: { server, tool },
    });
    show(context, flags, { name, server, tool }, `${name} leads to ${printable(tool)} of ${server}`);
  });
}

async function remove(context: Context, name: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, audit }) => {
    const before = (await store.access.listMappings()).find(one => one.name === name);
    if (!(await store.access.deleteMapping(name)))
      throw new Refusal(`There is no mapping of ${printable(name)}.`);
    const was = before && { server: before.server, tool: before.tool };
    await audit({ action: 'tool-mapping.delete', target: name, before: was });
    show(context, flags, { name }, `${name} leads where it led by itself`);
  });
}
