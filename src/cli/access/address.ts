import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, readDuration, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';

type BlockFlags = CommonFlags & { readonly for?: string };

const MINUTE_MS = 60_000;
const LONGEST_MS = 43_200 * MINUTE_MS;

export function addAddressCommands(program: Command, context: Context): void {
  const address = program
    .command('address')
    .description('keep people from signing in from an address for a while');
  withExamples(
    withData(address.command('block <address>').description('nobody signs in from there for a while')).option(
      '--for <time>',
      'how long, like 30m or 12h (default: `detectors.blockMinutes`)',
    ),
    'authmcp-gateway address block 203.0.113.9 --for 12h',
  ).action((text: string, flags: BlockFlags) => block(context, text, flags));
  withData(address.command('list').description('list addresses that somebody blocked')).action(
    (flags: CommonFlags) => list(context, flags),
  );
  withData(address.command('unblock <address>').description('people may sign in from there again')).action(
    (text: string, flags: CommonFlags) => unblock(context, text, flags),
  );
}

async function addressIn(text: string) {
  const { networkOf, readAddress } = await import('../../http/index.ts');
  const address = readAddress(text);
  if (address === undefined) throw new Refusal(`${printable(text)} is no IP address.`);
  return { address, network: networkOf(address) };
}

async function block(context: Context, text: string, flags: BlockFlags): Promise<void> {
  const { address, network } = await addressIn(text);
  const given = flags.for === undefined ? undefined : readDuration(flags.for);
  if (flags.for !== undefined && (given === undefined || given < MINUTE_MS || given > LONGEST_MS))
    throw new Refusal(`--for takes a time like 30m or 12h, up to 30d, not "${printable(flags.for)}".`);
  await withStore(flags, async ({ store, config, now, actor, audit }) => {
    const ms = given ?? config.settings['detectors.blockMinutes'] * MINUTE_MS;
    const endsAt = now + ms;
    await store.blockedAddresses.block({ network, address, blockedAt: now, blockedBy: actor, endsAt });
    await audit({ action: 'address.block', target: address, after: { minutes: ms / MINUTE_MS } });
    const says = `nobody signs in from ${address} until ${renderTime(endsAt)}`;
    show(context, flags, { address, until: new Date(endsAt).toISOString() }, says);
  });
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, now }) => {
    const all = await store.blockedAddresses.list(now);
    const rows = all.map(one => [one.address, one.blockedBy, renderTime(one.endsAt)]);
    const values = all.map(({ address, blockedBy: by, endsAt }) => ({
      ...{ address, by },
      until: new Date(endsAt).toISOString(),
    }));
    show(context, flags, values, renderTable(['ADDRESS', 'BY', 'UNTIL'], rows));
  });
}

async function unblock(context: Context, text: string, flags: CommonFlags): Promise<void> {
  const { address, network } = await addressIn(text);
  await withStore(flags, async ({ store, audit }) => {
    if (!(await store.blockedAddresses.unblock(network))) throw new Refusal(`${address} is not blocked.`);
    await audit({ action: 'address.unblock', target: address });
    show(context, flags, { address, unblocked: true }, `people may sign in from ${address} again`);
  });
}
