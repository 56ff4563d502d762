import { Argument, type Command } from 'commander';
import { printable } from '../../base/index.ts';
import type { Kept, Role, User } from '../../store/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData } from '../options.ts';
import { Refusal } from '../refusal.ts';

const ROLES = ['admin', 'auditor', 'user'] as const satisfies readonly Role[];

/** `user promote|demote|role`. */
export function addRoleCommands(user: Command, context: Context): void {
  withData(user.command('promote <name>').description('make a person an administrator')).action(
    (name: string, flags: CommonFlags) => setRole(context, name, 'admin', flags),
  );
  withData(user.command('demote <name>').description('make an administrator or auditor a user again')).action(
    (name: string, flags: CommonFlags) => setRole(context, name, 'user', flags),
  );
  withData(
    user
      .command('role <name>')
      .description('make a person administrator, auditor or user; they sign in anew')
      .addArgument(new Argument('<role>').choices(ROLES)),
  ).action((name: string, role: Role, flags: CommonFlags) => setRole(context, name, role, flags));
}

async function setRole(context: Context, name: string, role: Role, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    if (user.role === role)
      throw new Refusal(`${printable(user.name)} has the role ${role} already. Nothing was changed.`);
    keepAnAdmin(user, await offline.store.setRole(user.id, role));
    const [before, after] = [{ role: user.role }, { role }];
    await offline.audit({ action: 'user.role', target: user.name, before, after });
    show(context, flags, { name: user.name, role }, `${printable(user.name)} has the role ${role} now`);
  });
}

/** Throws a Refusal where the change was not made because nobody could rule any more. */
export function keepAnAdmin(user: User, outcome: Kept): void {
  if (outcome === 'last_admin') {
    throw new Refusal(
      `${printable(user.name)} is the last administrator. Add another one first: authmcp-gateway create-admin`,
    );
  }
}
