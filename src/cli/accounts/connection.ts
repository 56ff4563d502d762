import type { Command } from 'commander';
import { type ServerName, systemClock, type UserId } from '../../base/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import type { Connections, ConnectionView } from '../../upstream/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';

type WhoseFlags = CommonFlags & { readonly user?: string };

/** `connection`: accounts at servers, people's and the gateway's own. */
export function addConnectionCommands(program: Command, context: Context): void {
  const connection = program
    .command('connection')
    .description('list, refresh and remove accounts at servers that want OAuth');
  withExamples(
    withData(connection.command('list [server]').description('list accounts, never their tokens')),
    'authmcp-gateway connection list',
    'authmcp-gateway connection list github --json',
  ).action((server: string | undefined, flags: CommonFlags) => list(context, server, flags));
  withUser(connection.command('refresh <server>').description('get new tokens for an account now')).action(
    (server: string, flags: WhoseFlags) => refresh(context, server, flags),
  );
  withUser(
    connection.command('remove <server>').description('forget an account, and give its tokens back'),
  ).action((server: string, flags: WhoseFlags) => remove(context, server, flags));
}

function withUser(command: Command): Command {
  return withData(command).option('--user <name>', 'whose account (default: the gateway’s own)');
}

type Parts = { readonly offline: Offline; readonly connections: Connections };

/** The part of the gateway that knows accounts, beside a gateway that may be running: both take turns by the store. */
async function withConnections(flags: CommonFlags, work: (parts: Parts) => Promise<void>): Promise<void> {
  const [{ Connections }, { createEgress }, { Ledger, createLog }, { createLive }] = await Promise.all([
    import('../../upstream/index.ts'),
    import('../../http/index.ts'),
    import('../../ledger/index.ts'),
    import('../../live/index.ts'),
  ]);
  await withStore(flags, async offline => {
    const { store, config } = offline;
    const clock = systemClock;
    const live = await createLive({ store, clock, fileServers: () => config.servers });
    const ledger = new Ledger({ store, clock, log: createLog('silent') });
    const egress = createEgress();
    const { origin } = config.mode.at(config.port);
    const isPrivateAllowed = config.settings['upstream.private'] !== 'deny';
    const parts = { store, live, clock, ledger, egress, isPrivateAllowed };
    const connections = new Connections({ ...parts, origin: () => origin });
    try {
      await work({ offline, connections });
    } finally {
      await connections.close();
      await live.close();
      await ledger.stop();
      await egress.close();
    }
  });
}

async function entryOf({ servers, server }: Offline, given: string): Promise<ServerEntry> {
  const name = await server(given);
  const found = (await servers()).find(one => one.name === name);
  if (!found) throw new Refusal(`There is no server ${name}.`);
  return found;
}

async function keyOf(offline: Offline, server: ServerName, { user }: WhoseFlags) {
  const userId: UserId | undefined = user === undefined ? undefined : (await offline.user(user)).id;
  const whose = user === undefined ? 'of the gateway’s own' : `of ${user}`;
  return { key: { server, userId }, whose };
}

async function namesIn({ store }: Offline): Promise<ReadonlyMap<UserId, string>> {
  return new Map((await store.listUsers()).map(({ id, name }) => [id, name]));
}

const shown = ({ person, isRefreshable, ...view }: ConnectionView, names: ReadonlyMap<UserId, string>) => ({
  ...view,
  user: person === undefined ? null : (names.get(person) ?? null),
  refreshes: isRefreshable,
});

async function list(context: Context, given: string | undefined, flags: CommonFlags): Promise<void> {
  await withConnections(flags, async ({ offline, connections }) => {
    const only = given === undefined ? undefined : (await entryOf(offline, given)).name;
    const all = await offline.store.connections.listAccounts(only);
    const servers = [...new Set(all.map(one => one.server))];
    const views = (await Promise.all(servers.map(name => connections.listAt(name)))).flat();
    const names = await namesIn(offline);
    const rows = views.map(view => shown(view, names));
    const table = rows.map(({ server, user, state, issuer, connectedAt, expiresAt }) => [
      ...[server, user ?? '(gateway)', state, issuer, renderTime(connectedAt)],
      expiresAt === undefined ? '-' : renderTime(expiresAt),
    ]);
    const head = ['SERVER', 'ACCOUNT OF', 'STATE', 'ISSUER', 'SINCE', 'TOKEN UNTIL'];
    show(context, flags, rows, renderTable(head, table));
  });
}

async function refresh(context: Context, given: string, flags: WhoseFlags): Promise<void> {
  await withConnections(flags, async ({ offline, connections }) => {
    const entry = await entryOf(offline, given);
    const { key, whose } = await keyOf(offline, entry.name, flags);
    if (entry.auth.kind !== 'oauth')
      throw new Refusal(`${entry.name} wants no OAuth; its credential is fixed.`);
    if ((entry.auth.per === 'user') !== (key.userId !== undefined))
      throw new Refusal(
        entry.auth.per === 'user'
          ? `Everybody has an account of their own at ${entry.name}. Say whose: --user`
          : `The account at ${entry.name} is the gateway’s own: leave --user out.`,
      );
    const lease = await connections.refreshNow(entry, key.userId);
    const outcome = lease.kind === 'ready' ? 'refreshed' : lease.why;
    await offline.audit({
      action: 'connection.refresh',
      target: `${entry.name}/${key.userId ?? 'gateway'}`,
      after: { outcome },
    });
    if (lease.kind !== 'ready')
      throw new Refusal(`There is no account ${whose} at ${entry.name} that could be refreshed; connect it.`);
    show(
      context,
      flags,
      { server: entry.name, refreshed: true },
      `the account ${whose} at ${entry.name} is fresh`,
    );
  });
}

/** Of a server, or of one that is gone and left accounts behind. */
async function nameOf(offline: Offline, given: string): Promise<ServerName> {
  const all = await offline.store.connections.listAccounts();
  return all.find(({ server }) => server === given)?.server ?? (await entryOf(offline, given)).name;
}

async function remove(context: Context, given: string, flags: WhoseFlags): Promise<void> {
  await withConnections(flags, async ({ offline, connections }) => {
    const name = await nameOf(offline, given);
    const { key, whose } = await keyOf(offline, name, flags);
    if (!(await connections.remove(key)))
      throw new Refusal(`There is no account ${whose} at ${name}. See: authmcp-gateway connection list`);
    await offline.audit({
      action: 'connection.remove',
      target: `${name}/${key.userId ?? 'gateway'}`,
    });
    show(context, flags, { server: name, removed: true }, `the account ${whose} at ${name} is removed`);
  });
}
