import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { checkAlike, checkName } from '../names.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { askFor, givenPassword, hashNewPassword, type PasswordFlags } from '../password.ts';
import { Refusal } from '../refusal.ts';

type Flags = CommonFlags & PasswordFlags & { readonly username?: string; readonly email?: string };

export function addCreateAdmin(program: Command, context: Context): void {
  withExamples(
    withData(program.command('create-admin').description('make an administrator; asks for what is not given'))
      .option('--username <name>')
      .option('--email <address>')
      .option('--password <password>', 'visible to other users of this machine; better --password-stdin')
      .option('--password-stdin', 'read the password from standard input'),
    'authmcp-gateway create-admin',
    'echo "$PASSWORD" | authmcp-gateway create-admin --username admin --email admin@example.com --password-stdin',
  ).action((flags: Flags) => createAdmin(context, flags));
}

async function createAdmin(context: Context, flags: Flags): Promise<void> {
  const name = flags.username ?? (await askFor('User name', context.terminal));
  if (name === undefined)
    throw new Refusal('No user name came. Use --username NAME, or run this on a terminal.');
  await checkName('user', name);
  const password = await givenPassword(flags, context.terminal);
  if (password === undefined)
    throw new Refusal('No password came. Use --password-stdin, or run this on a terminal.');
  await withStore(flags, async ({ store, config, now, audit }) => {
    await checkAlike(store, 'user', name);
    const passwordHash = await hashNewPassword(password, config.settings);
    const made = await store.createUser({ name, email: flags.email, passwordHash, role: 'admin' }, now);
    if (made === 'name_taken') throw new Refusal(`There is a user ${printable(name)} already.`);
    if (made === 'email_taken') throw new Refusal('Another user has this e-mail address.');
    await audit({ action: 'user.add', target: name, after: { role: 'admin' } });
    show(context, flags, made, `administrator ${name} made`);
  });
}
