import type { Command } from 'commander';
import { printable, systemClock } from '../../base/index.ts';
import type { ClientDraft } from '../../oauth/index.ts';
import type { OAuthClient } from '../../store/index.ts';
import { type Offline, withStore } from '../offline.ts';
import {
  type CommonFlags,
  type Context,
  many,
  readDuration,
  show,
  withData,
  withExamples,
} from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';

type AddFlags = CommonFlags & {
  readonly redirectUri?: readonly string[];
  readonly secret?: boolean;
  readonly jwksUri?: string;
  readonly user?: string;
  readonly device?: boolean;
  readonly scope?: readonly string[];
  readonly accessTtl?: string;
  readonly refreshTtl?: string;
};

export function addClientCommands(program: Command, context: Context): void {
  const client = program.command('client').description('make, list and remove OAuth clients');
  withExamples(
    withData(
      client.command('add <name>').description('make a client that need not register itself; prints its id'),
    )
      .option('--redirect-uri <uri>', 'where its sign-in comes back to; may be given several times', many)
      .option('--secret', 'it keeps a secret, which is printed this once')
      .option('--jwks-uri <url>', 'it signs with its own key (private_key_jwt); its public keys are there')
      .option('--user <name>', 'it acts for itself, as this service user (client credentials)')
      .option('--device', 'it may sign in by the code of a device')
      .option('--scope <scope>', 'at most mcp or mcp:SERVER; may be given several times', many)
      .option('--access-ttl <time>', 'how long its access tokens live, like 12h (default: the setting)')
      .option(
        '--refresh-ttl <time>',
        'how long a sign-in lasts without a refresh, like 30d (default: the setting)',
      ),
    'authmcp-gateway client add Dashboard --redirect-uri https://dash.example/callback --secret',
    'authmcp-gateway client add nightly --secret --user ci --scope mcp:github',
    'authmcp-gateway client add headless --device',
  ).action((name: string, flags: AddFlags) => add(context, name, flags));
  withData(client.command('list').description('list clients, also those that registered themselves')).action(
    (flags: CommonFlags) => list(context, flags),
  );
  withData(
    client.command('remove <id>').description('end a client with all sign-ins that it has, at once'),
  ).action((id: string, flags: CommonFlags) => remove(context, id, flags));
  withData(
    client
      .command('rotate-secret <id>')
      .description('give a client another secret; the former one is refused at once'),
  ).action((id: string, flags: CommonFlags) => rotate(context, id, flags));
  withData(client.command('lifetime <id>').description('how long the tokens of a client live'))
    .option('--access-ttl <time>', 'like 12h; "default": the setting')
    .option('--refresh-ttl <time>', 'like 30d; "default": the setting')
    .action((id: string, flags: AddFlags) => setLifetime(context, id, flags));
}

const NO_WAY =
  'Say how it gets in: --redirect-uri where a person signs in in a browser, --device with a code, or --user as itself.';

function readTtl(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = readDuration(text);
  if (ms === undefined)
    throw new Refusal(`--${flag} takes a time like 12h or 30d, not "${printable(text)}".`);
  return ms;
}

async function readScopes(given: readonly string[] | undefined, offline: Offline) {
  for (const scope of given ?? []) {
    if (scope.startsWith('mcp:')) await offline.server(scope.slice(4));
    else if (scope !== 'mcp')
      throw new Refusal(`A client may have mcp or mcp:SERVER, not ${printable(scope)}.`);
  }
  return given;
}

async function draftOf(name: string, flags: AddFlags, offline: Offline): Promise<ClientDraft> {
  const user = flags.user === undefined ? undefined : await offline.user(flags.user);
  const keeps = flags.secret ? 'secret' : 'none';
  return {
    name,
    redirectUris: flags.redirectUri ?? [],
    auth: flags.jwksUri === undefined ? keeps : 'key',
    jwksUri: flags.jwksUri,
    userId: user?.id,
    scopes: await readScopes(flags.scope, offline),
    allowsDevices: flags.device === true,
    accessTtlMs: readTtl('access-ttl', flags.accessTtl),
    refreshTtlMs: readTtl('refresh-ttl', flags.refreshTtl),
  };
}

async function add(context: Context, name: string, flags: AddFlags): Promise<void> {
  const { describeClient, makeClient, wrongWith } = await import('../../oauth/index.ts');
  await withStore(flags, async offline => {
    if (!flags.redirectUri && flags.user === undefined && !flags.device) throw new Refusal(NO_WAY);
    const draft = await draftOf(name, flags, offline);
    const wrong = wrongWith(draft);
    if (wrong !== undefined) throw new Refusal(printable(`${wrong}.`));
    const { client, secret } = makeClient(draft, systemClock);
    await offline.store.oauth.putClient(client);
    await offline.audit({ action: 'client.add', target: client.id, after: describeClient(client) });
    const said = { client_id: client.id, ...(secret && { client_secret: secret.reveal() }) };
    const text = secret ? `${client.id}\n${secret.reveal()}` : client.id;
    show(context, flags, said, text);
  });
}

async function find({ store }: Offline, id: string): Promise<OAuthClient> {
  const found = await store.oauth.client(id);
  if (found) return found;
  throw new Refusal(`There is no client ${printable(id)}. See: authmcp-gateway client list`);
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  const { describeClient } = await import('../../oauth/index.ts');
  await withStore(flags, async ({ store }) => {
    const clients = await store.oauth.listClients();
    const rows = clients.map(({ id, name, source, lastSeenAt, lastAddress }) => [
      id,
      name ?? '-',
      source,
      renderTime(lastSeenAt),
      lastAddress ?? '-',
    ]);
    show(
      context,
      flags,
      clients.map(describeClient),
      renderTable(['ID', 'NAME', 'KIND', 'SEEN', 'FROM'], rows),
    );
  });
}

async function remove(context: Context, id: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const client = await find(offline, id);
    await offline.store.oauth.deleteClient(client.id);
    await offline.audit({ action: 'client.remove', target: client.id, before: { name: client.name } });
    show(context, flags, { client_id: id, removed: true }, `client ${printable(id)} removed`);
  });
}

async function rotate(context: Context, id: string, flags: CommonFlags): Promise<void> {
  const { withNewSecret } = await import('../../oauth/index.ts');
  await withStore(flags, async offline => {
    const made = withNewSecret(await find(offline, id));
    if (!made?.secret) throw new Refusal(`The client ${printable(id)} has no secret.`);
    await offline.store.oauth.putClient(made.client);
    await offline.audit({ action: 'client.rotate-secret', target: id });
    const secret = made.secret.reveal();
    show(context, flags, { client_id: id, client_secret: secret }, secret);
  });
}

async function setLifetime(context: Context, id: string, flags: AddFlags): Promise<void> {
  const { describeClient } = await import('../../oauth/index.ts');
  await withStore(flags, async offline => {
    const client = await find(offline, id);
    const next = (flag: string, text: string | undefined, before: number | undefined) =>
      text === undefined ? before : text === 'default' ? undefined : readTtl(flag, text);
    const accessTtlMs = next('access-ttl', flags.accessTtl, client.accessTtlMs);
    const refreshTtlMs = next('refresh-ttl', flags.refreshTtl, client.refreshTtlMs);
    if ((accessTtlMs ?? 0) > 30 * 86_400_000) throw new Refusal('--access-ttl is 30d at most.');
    const changed = { ...client, accessTtlMs, refreshTtlMs };
    await offline.store.oauth.putClient(changed);
    const [before, after] = [describeClient(client), describeClient(changed)];
    await offline.audit({ action: 'client.lifetime', target: id, before, after });
    show(context, flags, after, `client ${printable(id)} changed; tokens that it has keep their time`);
  });
}
