import type { Command } from 'commander';
import type { Offers } from '../../admin/index.ts';
import { printable } from '../../base/index.ts';
import type { TargetKind } from '../../mcp/index.ts';
import { type Offline, withStore } from '../offline.ts';
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

/** What the store remembers of the servers. */
async function offersOf({ store }: Offline): Promise<Offers> {
  const { itemOf, keptOffers } = await import('../../catalogue/index.ts');
  const [names, offers] = await Promise.all([store.loadNames(), keptOffers(store)]);
  const owners = new Map(names.map(one => [`${one.kind} ${one.exposed}`, one]));
  const lists = {
    tool: ['tools'],
    prompt: ['prompts'],
    resource: ['resources', 'resourceTemplates'],
  } as const;
  return {
    owner: (kind, exposed) => owners.get(`${kind} ${exposed}`),
    listed: (server, kind, original) => {
      const all = offers
        .filter(one => one.server === server)
        .flatMap(one => lists[kind].flatMap(list => one.lists[list]));
      const found = all.find(({ key }) => key === original);
      return found && itemOf(kind, original, found.traits);
    },
  };
}

async function explain(context: Context, flags: Flags): Promise<void> {
  const thing = thingOf(flags);
  await withStore(flags, async offline => {
    const { store, config, now } = offline;
    const [{ explainTo, sayReason }, { createLive }] = await Promise.all([
      import('../../admin/index.ts'),
      import('../../live/index.ts'),
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
    const found = explainTo(asked, snapshot, await offersOf(offline), now);
    if (!found)
      throw new Refusal(
        `Nothing is known as ${printable(thing.name)}. With --server, say the name that the server itself uses.`,
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
