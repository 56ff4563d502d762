import type { Command } from 'commander';
import { printable, type Secret, systemClock } from '../../base/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, many, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';

type LinkFlags = CommonFlags & { readonly port?: string };
type InviteFlags = LinkFlags & {
  readonly admin?: boolean;
  readonly auditor?: boolean;
  readonly group?: readonly string[];
  readonly email?: string;
};

const PORT = ['--port <port>', 'the port of the gateway, where it is not the configured one'] as const;

/** `user invite` and `user reset-link`. */
export function addLinkCommands(user: Command, context: Context): void {
  withExamples(
    withData(
      user
        .command('invite')
        .description('print a link by which somebody makes an account, once, within a day'),
    )
      .option('--admin', 'as an administrator')
      .option('--auditor', 'as an auditor')
      .option('--group <name>', 'in this group; may be given several times', many)
      .option('--email <address>', 'what stands in the account where they give none')
      .option(...PORT),
    'authmcp-gateway user invite --group home',
  ).action((flags: InviteFlags) => invite(context, flags));
  withData(
    user
      .command('reset-link <name>')
      .description('print a link by which a person chooses a new password, once, within a day'),
  )
    .option(...PORT)
    .action((name: string, flags: LinkFlags) => resetLink(context, name, flags));
}

async function linksOf({ store, config }: Offline, flags: LinkFlags) {
  const { createLinks } = await import('../../auth/index.ts');
  const port = flags.port === undefined ? config.port : Number(flags.port);
  const { origin } = config.mode.at(port);
  return createLinks({ store, clock: systemClock, origin: () => origin });
}

function print(
  context: Context,
  flags: CommonFlags,
  made: { readonly url: Secret; readonly expiresAt: number },
): void {
  const url = made.url.reveal();
  show(context, flags, { url, expiresAt: made.expiresAt }, url);
}

async function invite(context: Context, flags: InviteFlags): Promise<void> {
  await withStore(flags, async offline => {
    const role = flags.admin ? 'admin' : flags.auditor ? 'auditor' : 'user';
    const groups = await Promise.all((flags.group ?? []).map(name => offline.group(name)));
    const { email } = flags;
    const links = await linksOf(offline, flags);
    const described = { name: undefined, fullName: undefined, email, role } as const;
    const ids = groups.map(({ id }) => id);
    const made = await links.invite({ ...described, groups: ids }, { id: undefined, name: offline.actor });
    const after = { role, groups: groups.map(({ name }) => name), email, expiresAt: made.expiresAt };
    await offline.audit({ action: 'user.invite', target: made.id, after });
    print(context, flags, made);
  });
}

async function resetLink(context: Context, name: string, flags: LinkFlags): Promise<void> {
  await withStore(flags, async offline => {
    const user = await offline.user(name);
    if (user.disabled)
      throw new Refusal(
        `${printable(user.name)} is shut out. Let them in first: authmcp-gateway user enable ${printable(user.name)}`,
      );
    const links = await linksOf(offline, flags);
    const made = await links.reset(user.id, { id: undefined, name: offline.actor });
    await offline.audit({
      action: 'user.reset-link',
      target: user.name,
      after: { expiresAt: made.expiresAt },
    });
    print(context, flags, made);
  });
}
