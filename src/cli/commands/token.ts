import type { Command } from 'commander';
import { type KeyId, printable } from '../../base/index.ts';
import type { User } from '../../store/index.ts';
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

type CreateFlags = CommonFlags & {
  readonly user: string;
  readonly name: string;
  readonly scope?: readonly string[];
  readonly ttl?: string;
};

export function addTokenCommands(program: Command, context: Context): void {
  const token = program.command('token').description('make, list and revoke API keys');
  withExamples(
    withData(token.command('create').description('make an API key and print it, alone, this once'))
      .requiredOption('--user <name>', 'whose key it is; it may never do more than they may')
      .requiredOption('--name <name>', 'what it is for')
      .option(
        '--scope <scope>',
        'mcp (default), mcp:SERVER, admin, audit, metrics; may be given several times',
        many,
      )
      .option('--ttl <time>', 'how long it lives, like 12h or 30d (default: until it is revoked)'),
    'authmcp-gateway token create --user alice --name laptop --ttl 30d',
    'TOKEN=$(authmcp-gateway token create --user ci --name build --scope mcp:github)',
  ).action((flags: CreateFlags) => create(context, flags));
  withData(token.command('list').description('list API keys, never their secrets')).action(
    (flags: CommonFlags) => list(context, flags),
  );
  withData(token.command('revoke <id>').description('end an API key, at once')).action(
    (id: string, flags: CommonFlags) => revoke(context, id, flags),
  );
}

async function create(context: Context, flags: CreateFlags): Promise<void> {
  const ttl = flags.ttl === undefined ? undefined : readDuration(flags.ttl);
  if (flags.ttl !== undefined && ttl === undefined) {
    throw new Refusal(`--ttl takes a time like 12h or 30d, not "${printable(flags.ttl)}".`);
  }
  const { makeApiKey } = await import('../../auth/index.ts');
  await withStore(flags, async offline => {
    const user = await offline.user(flags.user);
    const scopes = await readScopes(flags.scope ?? ['mcp'], user.role, offline);
    const { id, key, secretHash } = makeApiKey();
    const expiresAt = ttl === undefined ? undefined : offline.now + ttl;
    await offline.store.createKey({
      id,
      userId: user.id,
      name: flags.name,
      secretHash,
      scopes,
      createdAt: offline.now,
      expiresAt,
    });
    const after = { id, name: flags.name, scopes, expiresAt };
    await offline.audit({ action: 'key.create', target: flags.user, after });
    const token = key.reveal();
    show(context, flags, { ...after, user: flags.user, token }, token);
  });
}

async function readScopes(
  given: readonly string[],
  role: User['role'],
  offline: Offline,
): Promise<readonly string[]> {
  const scopes = given.flatMap(text => text.split(/[\s,]+/)).filter(scope => scope !== '');
  for (const scope of scopes) {
    if (scope.startsWith('mcp:')) await offline.server(scope.slice(4));
    else if (!['mcp', 'admin', 'audit', 'metrics'].includes(scope)) {
      throw new Refusal(
        `There is no scope ${printable(scope)}. Use mcp, mcp:SERVER, admin, audit or metrics.`,
      );
    } else if (scope !== 'mcp' && role !== 'admin' && !(scope === 'audit' && role === 'auditor')) {
      throw new Refusal(`The scope ${scope} needs an administrator; --user names somebody who is none.`);
    }
  }
  return scopes;
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store }) => {
    const names = new Map((await store.listUsers()).map(user => [user.id, user.name]));
    const keys = (await store.listKeys()).map(({ secretHash: _, userId, ...key }) => ({
      ...key,
      user: names.get(userId) ?? userId,
    }));
    const rows = keys.map(key => [
      key.id,
      key.user,
      key.name,
      key.scopes.join(' '),
      renderTime(key.createdAt),
      renderTime(key.expiresAt),
    ]);
    show(context, flags, keys, renderTable(['ID', 'USER', 'NAME', 'SCOPES', 'MADE', 'EXPIRES'], rows));
  });
}

async function revoke(context: Context, given: string, flags: CommonFlags): Promise<void> {
  // The whole key is taken too: it is what people have at hand.
  const id = (/^amg_([^_]+)_/.exec(given)?.[1] ?? given) as KeyId;
  await withStore(flags, async ({ store, audit }) => {
    if (!(await store.deleteKey(id))) {
      throw new Refusal(`There is no key ${printable(id)}. See: authmcp-gateway token list`);
    }
    await audit({ action: 'key.revoke', target: id });
    show(context, flags, { id, revoked: true }, `key ${printable(id)} revoked`);
  });
}
