import type { Command } from 'commander';
import { printable, type Secret } from '../../base/index.ts';
import type { User } from '../../store/index.ts';
import { checkAlike, checkName } from '../names.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, many, show, withData, withExamples } from '../options.ts';
import { givenHash, givenPassword, hashNewPassword, type PasswordFlags } from '../password.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';
import { addEditCommand } from './edit.ts';
import { addLinkCommands } from './links.ts';
import { addRoleCommands, keepAnAdmin } from './role.ts';

type AddFlags = CommonFlags &
  PasswordFlags & {
    readonly email?: string;
    readonly fullName?: string;
    readonly admin?: boolean;
    readonly auditor?: boolean;
    readonly service?: boolean;
    readonly hashStdin?: boolean;
    readonly grant?: readonly string[];
  };

export function addUserCommands(program: Command, context: Context): void {
  const user = program.command('user').description('add, list, change and remove people');
  withExamples(
    withData(user.command('add <name>').description('add a person; without a password they cannot log in'))
      .option('--email <address>')
      .option('--full-name <name>')
      .option('--admin', 'an administrator')
      .option('--auditor', 'reads everything that an administrator does, and changes nothing')
      .option('--service', 'a program: no password is asked for')
      .option('--grant <server>', 'a server that they may use; may be given several times', many)
      .option('--password-stdin', 'read the password from standard input')
      .option('--hash-stdin', 'read a bcrypt or argon2 hash of the password, made elsewhere'),
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
  addRoleCommands(user, context);
  addEditCommand(user, context);
  addLinkCommands(user, context);
  withData(user.command('passwd <name>').description('set the password of a person and end their sessions'))
    .option('--password-stdin', 'read the password from standard input')
    .action((name: string, flags: CommonFlags & PasswordFlags) => passwd(context, name, flags));
}

async function add(context: Context, name: string, flags: AddFlags): Promise<void> {
  await checkName('user', name);
  const credential = await givenCredential(flags, context);
  await withStore(flags, async offline => {
    const grants = await Promise.all((flags.grant ?? []).map(server => offline.server(server)));
    const made = await create(offline, name, flags, credential);
    for (const server of grants) await offline.store.addGrant({ userId: made.id, server });
    await offline.audit({ action: 'user.add', target: name, after: { role: made.role, grants } });
    show(context, flags, { ...made, grants }, `user ${name} added`);
  });
}

type Credential = { readonly password: Secret } | { readonly hash: string } | undefined;

async function givenCredential(flags: AddFlags, { terminal }: Context): Promise<Credential> {
  if (flags.hashStdin && (flags.service || flags.password !== undefined || flags.passwordStdin))
    throw new Refusal('--hash-stdin takes the place of a password, so give it alone.');
  if (flags.hashStdin) return { hash: await givenHash(terminal) };
  const password = flags.service ? undefined : await givenPassword(flags, terminal);
  return password && { password };
}

async function create(
  { store, config, now }: Offline,
  name: string,
  flags: AddFlags,
  credential: Credential,
): Promise<User> {
  await checkAlike(store, 'user', name);
  const passwordHash =
    credential && 'password' in credential
      ? await hashNewPassword(credential.password, config.settings)
      : credential?.hash;
  const role = flags.admin ? 'admin' : flags.auditor ? 'auditor' : 'user';
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
    keepAnAdmin(user, await offline.store.setDisabled(user.id, isDisabled));
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
    keepAnAdmin(user, await offline.store.deleteUser(user.id));
    await offline.audit({
      action: 'user.remove',
      target: name,
      before: { role: user.role, email: user.email },
    });
    show(context, flags, { name, removed: true }, `user ${printable(name)} removed`);
  });
}

async function passwd(context: Context, name: string, flags: CommonFlags & PasswordFlags): Promise<void> {
  const password = await givenPassword(flags, context.terminal);
  if (password === undefined)
    throw new Refusal('No password came. Use --password-stdin, or run this on a terminal.');
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    await offline.store.setPassword(user.id, await hashNewPassword(password, offline.config.settings));
    await offline.audit({ action: 'user.passwd', target: name });
    show(
      context,
      flags,
      { name, changed: true },
      `password of ${printable(name)} changed; their sessions are ended`,
    );
  });
}
