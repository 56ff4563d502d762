import type { Command } from 'commander';
import type { ServerDraft } from '../../config/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { describeServer } from '../../upstream/index.ts';
import { type OAuthFlags, oauthOf, withOAuth } from '../accounts/oauth-flags.ts';
import { type SpanFlags, withSpan } from '../ledger/span.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, many, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

type AddFlags = CommonFlags &
  OAuthFlags & {
    readonly type?: string;
    readonly header?: readonly string[];
    readonly env?: readonly string[];
    readonly bearer?: string;
    readonly bearerStdin?: boolean;
    readonly basic?: string;
    readonly prefix?: string;
    readonly timeout?: string;
    readonly protocol?: string;
    readonly private?: string;
    readonly stateless?: boolean;
    readonly stateful?: boolean;
    readonly disabled?: boolean;
  };

export function addServerCommands(program: Command, context: Context): Command {
  const server = program
    .command('server')
    .description('add, list, test and remove the servers behind the gateway');
  addOptions(server.command('add <name> [command...]')).action(
    (name: string, words: string[], flags: AddFlags) => add(context, name, words, flags),
  );
  withData(server.command('list').description('list servers, also those of the configuration file')).action(
    (flags: CommonFlags) => list(context, flags),
  );
  withData(server.command('remove <name>').description('remove a server with its grants, at once')).action(
    (name: string, flags: CommonFlags) => remove(context, name, flags),
  );
  withData(
    server.command('test <name>').description('see whether a server answers, and what it speaks'),
  ).action(async (name: string, flags: CommonFlags) => {
    const { testServer } = await import('./server-test.ts');
    await testServer(context, name, flags);
  });
  withData(
    server
      .command('show <name>')
      .description('show a server, how it is and how it was, as the gateway saw it'),
  ).action(async (name: string, flags: CommonFlags) => {
    const { showServer } = await import('./server-show.ts');
    await showServer(context, name, flags);
  });
  withSpan(
    server
      .command('changes <name>')
      .description('show what a server changed in its tools, prompts and instructions'),
  ).action(async (name: string, flags: SpanFlags) => {
    const { showChanges } = await import('./server-changes.ts');
    await showChanges(context, name, flags);
  });
  return server;
}

function addOptions(command: Command): Command {
  const described = command.description('add a server: a URL, or after -- a command with its arguments');
  return withExamples(
    withOAuth(withData(described))
      .option('--type <type>', 'http (default) or sse')
      .option(
        '--header <header>',
        'a header "Name: value" for each request; may be given several times',
        many,
      )
      .option('--env <NAME=value>', 'an environment value for a command; may be given several times', many)
      .option(
        '--bearer <token>',
        'a bearer token; visible to other users of this machine, better --bearer-stdin',
      )
      .option('--bearer-stdin', 'read the bearer token from standard input')
      .option('--basic <user:password>')
      .option('--prefix <prefix>', 'stands before the names of its tools (default NAME_)')
      .option('--timeout <seconds>')
      .option('--protocol <era>', 'auto (default), legacy or modern')
      .option('--private <rule>', 'allow or deny loopback and private addresses for this server')
      .option('--stateless', 'the server keeps nothing between requests')
      .option('--stateful', 'a command runs once for each session of a client, not once for each person')
      .option('--disabled', 'add it switched off'),
    'authmcp-gateway server add home http://homeassistant.local:8123/mcp',
    'echo "$GITHUB_TOKEN" | authmcp-gateway server add github https://api.githubcopilot.com/mcp/ --bearer-stdin',
    'authmcp-gateway server add linear https://mcp.linear.app/mcp --oauth user',
    'authmcp-gateway server add notes -- npx -y some-notes-server',
  );
}

async function add(context: Context, name: string, words: readonly string[], flags: AddFlags): Promise<void> {
  const draft = await draftOf(words, flags, context);
  const [{ newToolsOf, serverFromDraft }, { classified }] = await Promise.all([
    import('../../config/index.ts'),
    import('./server-address.ts'),
  ]);
  await withStore(flags, async ({ store, config, now, servers, audit }) => {
    const warnings: string[] = [];
    const warn = (text: string) => warnings.push(text);
    const { 'upstream.timeoutSeconds': defaultTimeoutSeconds, 'upstream.private': rule } = config.settings;
    const drafted = serverFromDraft(name, draft, { folder: process.cwd(), defaultTimeoutSeconds, warn });
    if ((await servers()).some(each => each.name === drafted.name)) {
      throw new Refusal(
        `There is a server ${drafted.name} already. Remove it first, or choose another name.`,
      );
    }
    const entry = await classified(drafted, { isPrivateAllowed: rule !== 'deny', warn });
    const newTools = newToolsOf(config.mode, config.settings);
    if (!(await store.createServer(entry, now, newTools)))
      throw new Refusal(`The name ${entry.name} is taken.`);
    await audit({ action: 'server.add', target: entry.name, after: describeServer(entry) });
    for (const warning of warnings) context.terminal.err(warning);
    show(context, flags, describeServer(entry), addedText(entry, newTools));
  });
}

function addedText({ name }: ServerEntry, newTools: 'on' | 'review' | 'off'): string {
  const added = `server ${name} added; see whether it answers: authmcp-gateway server test ${name}`;
  if (newTools === 'on') return added;
  if (newTools === 'off')
    return `${added}\nIts tools are off: authmcp-gateway server tools ${name} switches them on.`;
  return `${added}\nTools that may destroy something are off until you have looked at them: authmcp-gateway server tools ${name}, then --seen`;
}

async function draftOf(
  words: readonly string[],
  flags: AddFlags,
  { terminal }: Context,
): Promise<ServerDraft> {
  const [first, ...args] = words;
  if (first === undefined) throw new Refusal('A server needs a URL, or a command after --.');
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(first);
  if (isUrl && args.length > 0)
    throw new Refusal('After a URL nothing more can follow. A command stands after --.');
  const oauth = await oauthOf(flags, terminal);
  if (oauth && flags.bearerStdin) throw new Refusal('--bearer-stdin and --oauth exclude each other.');
  const bearer = flags.bearerStdin ? (await terminal.readInput()).trim() : flags.bearer;
  const auth = [
    bearer !== undefined && { bearer },
    flags.basic !== undefined && { basic: flags.basic },
    oauth !== undefined && { oauth },
  ].filter(each => each !== false);
  if (auth.length > 1) throw new Refusal('--bearer, --basic and --oauth exclude each other.');
  const { type, prefix, timeout, protocol, stateless, stateful, disabled } = flags;
  const given = {
    type,
    prefix,
    timeout,
    protocol,
    private: flags.private,
    stateless,
    stateful,
    disabled,
    auth: auth[0],
  };
  const place = isUrl ? { url: first } : { command: first, args };
  const headers = pairs(flags.header, ':', '--header "Name: value"');
  return JSON.parse(
    JSON.stringify({ ...place, ...given, headers, env: pairs(flags.env, '=', '--env NAME=value') }),
  );
}

/** `undefined` leaves the key out of the draft. */
function pairs(
  given: readonly string[] | undefined,
  mark: string,
  form: string,
): Readonly<Record<string, string>> | undefined {
  if (given === undefined) return undefined;
  const entries = given.map(text => {
    const at = text.indexOf(mark);
    if (at <= 0) throw new Refusal(`Write it as ${form}.`);
    return [text.slice(0, at), text.slice(at + 1).trim()] as const;
  });
  return Object.fromEntries(entries);
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  const { healthSeen } = await import('./server-show.ts');
  await withStore(flags, async ({ servers, store }) => {
    const seen = await store.health.latest();
    const all = (await servers()).map(entry => ({
      ...describeServer(entry),
      health: healthSeen(seen, entry.name) ?? null,
    }));
    const rows = all.map(each => [
      each.name,
      each.enabled ? 'on' : 'off',
      each.source,
      each.kind,
      each.auth,
      each.prefix,
      each.enabled ? (each.health?.state ?? 'unknown') : '-',
      each.place,
    ]);
    const table = renderTable(['NAME', 'STATE', 'FROM', 'KIND', 'AUTH', 'PREFIX', 'HEALTH', 'WHERE'], rows);
    show(context, flags, all, table);
  });
}

async function remove(context: Context, given: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, config, server, servers, audit }) => {
    const name = await server(given);
    if (config.servers.some(each => each.name === name)) {
      throw new Refusal(`${name} stands in ${config.configFileShown}. Remove it there.`);
    }
    const before = (await servers()).find(each => each.name === name);
    await store.deleteServer(name);
    await audit({ action: 'server.remove', target: name, before: before && describeServer(before) });
    show(context, flags, { name, removed: true }, `server ${name} removed`);
  });
}
