import { type Command, Option } from 'commander';
import type { ServerName } from '../../base/index.ts';
import { offBy, type Tier } from '../../policy/index.ts';
import type { ServerSwitches, Store } from '../../store/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, many, show, withData, withExamples } from '../options.ts';
import { renderTable, renderTime } from '../table.ts';

type SwitchFlags = CommonFlags & {
  readonly on?: readonly string[];
  readonly off?: readonly string[];
  readonly reset?: readonly string[];
  readonly promptOn?: readonly string[];
  readonly promptOff?: readonly string[];
  readonly instructions?: 'on' | 'off';
  readonly newTools?: ServerSwitches['newTools'];
  readonly seen?: boolean;
};

/** `server tools`: which tools of a server are on, for everybody. */
export function addSwitchCommand(server: Command, context: Context): void {
  withExamples(
    withData(server.command('tools <name>').description('switch tools of a server on and off, for everybody'))
      .option('--on <tool>', 'switch a tool on; may be given several times', many)
      .option('--off <tool>', 'switch a tool off; may be given several times', many)
      .option('--reset <tool>', 'leave a tool to --new-tools again; may be given several times', many)
      .option('--prompt-on <prompt>', 'show a prompt again; may be given several times', many)
      .option('--prompt-off <prompt>', 'show a prompt to nobody; may be given several times', many)
      .addOption(
        new Option('--instructions <state>', 'whether what the server says of itself is told').choices([
          'on',
          'off',
        ]),
      )
      .addOption(
        new Option('--new-tools <rule>', 'tools that nobody switched: on, off, or review').choices([
          'on',
          'review',
          'off',
        ]),
      )
      .option('--seen', 'you have looked through the tools: those that wait for review are on'),
    'authmcp-gateway server tools home-assistant --off delete_all',
    'authmcp-gateway server tools home-assistant --seen',
  ).action((name: string, flags: SwitchFlags) => switchTools(context, name, flags));
  addSingleActs(server, context);
}

/** `server tool on|off` and `server reviewed`: the same acts, one at a time. */
function addSingleActs(server: Command, context: Context): void {
  const tool = server.command('tool').description('switch one tool of a server on or off, for everybody');
  for (const state of ['on', 'off'] as const)
    withData(tool.command(`${state} <server> <tool>`).description(`switch a tool ${state}`)).action(
      (name: string, one: string, flags: CommonFlags) =>
        switchTools(context, name, { ...flags, [state]: [one] }),
    );
  withData(
    server
      .command('reviewed <name>')
      .description('you have looked through the tools: those that wait for review are on'),
  ).action((name: string, flags: CommonFlags) => switchTools(context, name, { ...flags, seen: true }));
}

async function switchTools(context: Context, name: string, flags: SwitchFlags): Promise<void> {
  await withStore(flags, async offline => {
    const server = await offline.server(name);
    const before = await switchesOf(offline, server);
    await apply(offline, server, flags);
    const after = await switchesOf(offline, server);
    if (JSON.stringify(before) !== JSON.stringify(after))
      await offline.audit({ action: 'server.tools', target: server, before, after });
    const tools = await toolsOf(offline, server);
    const seen = after.seen_at === null ? 'not seen yet' : `seen ${renderTime(after.seen_at)}`;
    const kept = [
      ...after.withheld.prompts.map(prompt => `prompt ${prompt}`),
      ...(after.withheld.instructions ? ['its instructions'] : []),
    ];
    const hidden = kept.length > 0 ? `\nshown to nobody: ${kept.join(', ')}` : '';
    const text = `new tools of ${server}: ${after.new_tools} (${seen})${hidden}`;
    const table = renderTable(
      ['TOOL', 'TIER', 'IS'],
      tools.map(one => [one.name, one.tier ?? '', one.is]),
    );
    show(context, flags, { ...after, known: tools }, tools.length > 0 ? `${text}\n${table}` : text);
  });
}

type Shown = { readonly name: string; readonly tier: Tier | undefined; readonly is: string };

/** Every tool that the server is known to have, or that somebody switched, and whether it is on. */
async function toolsOf({ store }: Offline, server: ServerName): Promise<readonly Shown[]> {
  const { keptOffers } = await import('../../catalogue/index.ts');
  const all = await store.access.listSwitches();
  const own = all.find(one => one.server === server);
  const offers = (await keptOffers(store)).filter(one => one.server === server);
  const tiers = new Map<string, Tier | undefined>(
    [...(own?.named.keys() ?? [])].map(name => [name, undefined]),
  );
  for (const { key, traits } of offers.flatMap(({ lists }) => lists.tools)) tiers.set(key, traits?.tier);
  const switches = own && { newTools: own.newTools, isSeen: own.seenAt !== undefined, named: own.named };
  return [...tiers].map(([name, tier]) => {
    const off = offBy(switches, { kind: 'tool', name, tier: tier ?? 'destructive' });
    return { name, tier, is: off?.kind ?? 'on' };
  });
}

async function apply(
  { store: { access }, now, actor }: Offline,
  server: ServerName,
  flags: SwitchFlags,
): Promise<void> {
  const doing = { at: now, by: actor };
  if (flags.newTools !== undefined) await access.setNewTools(server, flags.newTools);
  if (flags.seen) await access.markSeen(server, doing);
  for (const [names, isOn] of [
    [flags.on, true],
    [flags.off, false],
    [flags.reset, undefined],
  ] as const)
    for (const name of names ?? []) await access.switchTool({ server, name }, isOn, doing);
  await withhold(access, server, flags, doing);
}

async function withhold(
  access: Store['access'],
  server: ServerName,
  { promptOn = [], promptOff = [], instructions }: SwitchFlags,
  doing: { readonly at: number; readonly by: string },
): Promise<void> {
  for (const name of promptOn) await access.withhold({ server, kind: 'prompt', name }, false, doing);
  for (const name of promptOff) await access.withhold({ server, kind: 'prompt', name }, true, doing);
  if (instructions !== undefined)
    await access.withhold({ server, kind: 'instructions' }, instructions === 'off', doing);
}

async function switchesOf({ store }: Offline, server: ServerName) {
  const { describeSwitches } = await import('../../admin/index.ts');
  return describeSwitches(store, server);
}
