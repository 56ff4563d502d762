import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import type { Edit, User } from '../../store/index.ts';
import { checkAlike, checkName } from '../names.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';

type EditFlags = CommonFlags & {
  readonly name?: string;
  readonly email?: string;
  readonly fullName?: string;
};

/** `user edit`. */
export function addEditCommand(user: Command, context: Context): void {
  withExamples(
    withData(user.command('edit <name>').description('change name, e-mail address or full name of a person'))
      .option('--name <name>', 'another user name; grants of the configuration file go by the name')
      .option('--email <address>', 'an empty one takes it away')
      .option('--full-name <name>', 'an empty one takes it away'),
    'authmcp-gateway user edit alice --email alice@example.com',
  ).action((name: string, flags: EditFlags) => edit(context, name, flags));
}

const described = ({ name, email, fullName }: User | Edit) => ({ name, email, fullName });

function edited(user: User, { name, email, fullName }: EditFlags): Edit {
  const next = (given: string | undefined, kept: string | undefined) =>
    given === undefined ? kept : given === '' ? undefined : given;
  return { name: name ?? user.name, email: next(email, user.email), fullName: next(fullName, user.fullName) };
}

async function edit(context: Context, name: string, flags: EditFlags): Promise<void> {
  const { name: newName, email, fullName } = flags;
  if (newName === undefined && email === undefined && fullName === undefined)
    throw new Refusal('Nothing to change: give --name, --email or --full-name.');
  if (newName !== undefined) await checkName('user', newName);
  if (email) await checkEmail(email);
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    const after = edited(user, flags);
    await checkAlike(offline.store, 'user', after.name, user.name);
    const outcome = await offline.store.editUser(user.id, after);
    if (outcome === 'name_taken') throw new Refusal(`There is a user ${printable(after.name)} already.`);
    if (outcome === 'email_taken') throw new Refusal('Another user has this e-mail address.');
    await offline.audit({ action: 'user.edit', target: user.name, before: described(user), after });
    show(context, flags, { ...described(after) }, `user ${printable(after.name)} changed`);
  });
}

async function checkEmail(email: string): Promise<void> {
  const { z } = await import('zod');
  if (!z.email().safeParse(email).success) throw new Refusal(`${printable(email)} is not an e-mail address.`);
}
