import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import type { TargetKind } from '../../mcp/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { directoryOf, subjectNamed } from './directory.ts';

type Flags = CommonFlags & {
  readonly user: string;
  readonly client?: string;
  readonly key?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly prompt?: string;
  readonly resource?: string;
};

/** Links that servers gave are remembered by the gateway that runs, and by nobody else. */
const UNSEEN: Partial<Record<TargetKind, string>> = {
  resource: ' What a server linked to is known to the running gateway alone: ask its /admin/api/explain.',
};

export function addExplain(program: Command, context: Context): void {
  withExamples(
    withData(program.command('explain').description('say whether somebody may use something, and why'))
      .requiredOption('--user <name>', 'who calls')
      .option('--client <id>', 'by which OAuth client')
      .option('--key <id>', 'by which API key')
      .option('--server <name>', 'the name that follows is the server’s own')
      .option('--tool <name>', 'a tool, as it is listed')
      .option('--prompt <name>', 'a prompt')
      .option('--resource <uri>', 'a resource'),
    'authmcp-gateway explain --user alice --tool home_turn_on',
  ).action((flags: Flags) => explain(context, flags));
}

function thingOf({ tool, prompt, resource }: Flags): { readonly kind: TargetKind; readonly name: string } {
  const given = Object.entries({ tool, prompt, resource }).flatMap(([kind, name]) =>
    name === undefined ? [] : [{ kind: kind as TargetKind, name }],
  );
  const [one, another] = given;
  if (one && !another) return one;
  throw new Refusal('Say one of --tool, --prompt and --resource.');
}

async function explain(context: Context, flags: Flags): Promise<void> {
  const thing = thingOf(flags);
  await withStore(flags, async offline => {
    const { store, config, now } = offline;
    const [{ explainTo, sayReason }, { createLive }, { keptCatalogue }] = await Promise.all([
      import('../../admin/index.ts'),
      import('../../live/index.ts'),
      import('../../catalogue/index.ts'),
    ]);
    const user = await offline.user(flags.user);
    const directory = await directoryOf(store);
    if (flags.client !== undefined) await subjectNamed(`client:${flags.client}`, directory);
    const key = directory.keys.find(one => one.id === flags.key);
    if (flags.key !== undefined && key?.userId !== user.id)
      throw new Refusal(`${printable(flags.user)} has no key ${printable(flags.key)}.`);
    const server = flags.server === undefined ? undefined : await offline.server(flags.server);
    const live = await createLive({ store, clock: { now: () => now }, fileServers: () => config.servers });
    const snapshot = live.current();
    await live.close();
    const asked = { ...thing, user, key, client: flags.client, server };
    const world = {
      snapshot,
      catalogue: await keptCatalogue(store, snapshot.mappings),
      now,
      linked: () => undefined,
    };
    const found = explainTo(asked, world);
    if (!found)
      throw new Refusal(
        `Nothing is known as ${printable(thing.name)}. With --server, say the name that the server itself uses.${UNSEEN[thing.kind] ?? ''}`,
      );
    const says = sayReason(found.because, directory);
    const { allowed, item } = found;
    const what = `${item.kind} ${printable(item.name)} of ${found.server}${item.kind === 'tool' ? ` (${item.tier})` : ''}`;
    const value = {
      allowed,
      because: found.because.kind,
      says,
      user: user.name,
      server: found.server,
      ...item,
    };
    const text = `${user.name} ${allowed ? 'may' : 'may not'} use the ${what}. ${printable(says)}`;
    show(context, flags, { ...value, listed: found.isListed }, text);
  });
}
