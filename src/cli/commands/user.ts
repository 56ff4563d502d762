import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import type { User } from '../../store/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, many, show, withData, withExamples } from '../options.ts';
import { givenPassword, hashNewPassword, type PasswordFlags } from '../password.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';

type AddFlags = CommonFlags &
  PasswordFlags & {
    readonly email?: string;
    readonly fullName?: string;
    readonly admin?: boolean;
    readonly service?: boolean;
    readonly grant?: readonly string[];
  };

export function addUserCommands(program: Command, context: Context): void {
  const user = program.command('user').description('add, list, disable and remove people');
  withExamples(
    withData(user.command('add <name>').description('add a person; without a password they cannot log in'))
      .option('--email <address>')
      .option('--full-name <name>')
      .option('--admin', 'an administrator')
      .option('--service', 'a program: no password is asked for')
      .option('--grant <server>', 'a server that they may use; may be given several times', many)
      .option('--password-stdin', 'read the password from standard input'),
    'authmcp-gateway user add alice --grant home-assistant',
    'echo "$PASSWORD" | authmcp-gateway user add bob --password-stdin',
  ).action((name: string, flags: AddFlags) => add(context, name, flags));
  withData(user.command('list').description('list people')).action((flags: CommonFlags) =>
    list(context, flags),
  );
  withData(user.command('disable <name>').description('shut a person out, at once')).action(
    (name: string, flags: CommonFlags) => setDisabled(context, name, true, flags),
  );
  withData(user.command('enable <name>').description('let a person in again')).action(
    (name: string, flags: CommonFlags) => setDisabled(context, name, false, flags),
  );
  withData(
    user.command('remove <name>').description('remove a person with keys, grants and sessions'),
  ).action((name: string, flags: CommonFlags) => remove(context, name, flags));
  withData(user.command('passwd <name>').description('set the password of a person and end their sessions'))
    .option('--password-stdin', 'read the password from standard input')
    .action((name: string, flags: CommonFlags & PasswordFlags) => passwd(context, name, flags));
}

async function add(context: Context, name: string, flags: AddFlags): Promise<void> {
  if (!isUserName(name)) throw new Refusal('A user name has 1 to 64 letters, digits, _ . @ or -.');
  const password = flags.service ? undefined : await givenPassword(flags, context.terminal);
  await withStore(flags, async offline => {
    const grants = await Promise.all((flags.grant ?? []).map(server => offline.server(server)));
    const made = await create(offline, name, flags, password);
    for (const server of grants) await offline.store.addGrant({ userId: made.id, server });
    await offline.audit({ action: 'user.add', target: name, after: { role: made.role, grants } });
    show(context, flags, { ...made, grants }, `user ${name} added`);
  });
}

/** Names stand in grants and in the configuration file, so they hold nothing that means something there. */
export function isUserName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]{0,63}$/u.test(name);
}

async function create(
  { store, config, now }: Offline,
  name: string,
  flags: AddFlags,
  password: Awaited<ReturnType<typeof givenPassword>>,
): Promise<User> {
  const passwordHash = password && (await hashNewPassword(password, config.settings));
  const role = flags.admin ? 'admin' : 'user';
  const made = await store.createUser(
    { name, email: flags.email, fullName: flags.fullName, passwordHash, role },
    now,
  );
  if (made === 'name_taken') throw new Refusal(`There is a user ${printable(name)} already.`);
  if (made === 'email_taken') throw new Refusal('Another user has this e-mail address.');
  return made;
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store }) => {
    const users = await store.listUsers();
    const rows = users.map(user => [
      user.name,
      user.role,
      user.disabled ? 'disabled' : 'active',
      user.email ?? '',
      renderTime(user.lastLoginAt),
    ]);
    show(context, flags, users, renderTable(['NAME', 'ROLE', 'STATE', 'E-MAIL', 'LAST LOGIN'], rows));
  });
}

async function setDisabled(
  context: Context,
  name: string,
  isDisabled: boolean,
  flags: CommonFlags,
): Promise<void> {
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    if (isDisabled) await keepAnAdmin(offline, user);
    await offline.store.setDisabled(user.id, isDisabled);
    const action = isDisabled ? 'user.disable' : 'user.enable';
    await offline.audit({
      action,
      target: name,
      before: { disabled: user.disabled },
      after: { disabled: isDisabled },
    });
    show(
      context,
      flags,
      { name, disabled: isDisabled },
      `user ${printable(name)} ${isDisabled ? 'disabled' : 'enabled'}`,
    );
  });
}

async function remove(context: Context, name: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    await keepAnAdmin(offline, user);
    await offline.store.deleteUser(user.id);
    await offline.audit({
      action: 'user.remove',
      target: name,
      before: { role: user.role, email: user.email },
    });
    show(context, flags, { name, removed: true }, `user ${printable(name)} removed`);
  });
}

async function keepAnAdmin({ store }: Offline, user: User): Promise<void> {
  const others = (await store.listUsers()).filter(
    each => each.role === 'admin' && !each.disabled && each.id !== user.id,
  );
  if (user.role === 'admin' && !user.disabled && others.length === 0) {
    throw new Refusal(
      `${printable(user.name)} is the last administrator. Add another one first: authmcp-gateway create-admin`,
    );
  }
}

async function passwd(context: Context, name: string, flags: CommonFlags & PasswordFlags): Promise<void> {
  const password = await givenPassword(flags, context.terminal);
  if (password === undefined)
    throw new Refusal('No password came. Use --password-stdin, or run this on a terminal.');
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    await offline.store.setPassword(user.id, await hashNewPassword(password, offline.config.settings));
    await offline.store.endSessionsOf(user.id);
    await offline.audit({ action: 'user.passwd', target: name });
    show(
      context,
      flags,
      { name, changed: true },
      `password of ${printable(name)} changed; their sessions are ended`,
    );
  });
}
