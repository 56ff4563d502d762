import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';

export function addConsentCommands(program: Command, context: Context): void {
  const consent = program.command('consent').description('list and withdraw what people agreed to');
  withData(consent.command('list').description('who agreed to which client'))
    .option('--user <name>', 'of one person')
    .action((flags: CommonFlags & { readonly user?: string }) => listConsents(context, flags));
  withData(
    consent
      .command('withdraw <user> <client>')
      .description('end what a person agreed to, and the sign-ins of it'),
  ).action((user: string, id: string, flags: CommonFlags) => withdraw(context, { user, id }, flags));
}

async function listConsents(
  context: Context,
  flags: CommonFlags & { readonly user?: string },
): Promise<void> {
  await withStore(flags, async offline => {
    const { store } = offline;
    const whose = flags.user === undefined ? {} : { userId: (await offline.user(flags.user)).id };
    const names = new Map((await store.listUsers()).map(user => [user.id, user.name]));
    const consents = await store.oauth.listConsents(whose);
    const told = consents.map(({ userId, clientId, scopes, redirectUri, createdAt, usedAt }) => ({
      user: names.get(userId) ?? userId,
      client_id: clientId,
      scopes: scopes.split(' '),
      redirect_uri: redirectUri,
      created_at: createdAt,
      used_at: usedAt,
    }));
    const rows = told.map(one => [
      one.user,
      one.client_id,
      one.scopes.join(' '),
      one.redirect_uri,
      renderTime(one.used_at),
    ]);
    show(context, flags, told, renderTable(['USER', 'CLIENT', 'SCOPES', 'GOES TO', 'USED'], rows));
  });
}

async function withdraw(
  context: Context,
  { user, id }: { readonly user: string; readonly id: string },
  flags: CommonFlags,
): Promise<void> {
  await withStore(flags, async offline => {
    const { id: userId } = await offline.user(user);
    if (!(await offline.store.oauth.withdrawConsent(userId, id)))
      throw new Refusal(
        `${printable(user)} agreed to no client ${printable(id)}. See: authmcp-gateway consent list`,
      );
    await offline.audit({ action: 'consent.withdraw', target: id, before: { user } });
    show(
      context,
      flags,
      { user, client_id: id, withdrawn: true },
      `${printable(user)} has withdrawn ${printable(id)}`,
    );
  });
}
