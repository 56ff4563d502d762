import { tryServer } from '../../admin/index.ts';
import { printable, systemClock } from '../../base/index.ts';
import { commandRules } from '../../config/index.ts';
import { createEgress } from '../../http/index.ts';
import { createLog, Ledger } from '../../ledger/index.ts';
import type { Params, ServerEntry } from '../../mcp/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, show } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { packageVersion } from '../version.ts';

/** Asks a server what it speaks, with its own credential, by the same code that calls it later. */
export async function testServer(context: Context, given: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const name = await offline.server(given);
    const entry = (await offline.servers()).find(each => each.name === name);
    if (!entry) throw new Refusal(`There is no server ${name}.`);
    const { error, protocols, ms, serverInfo, wantsAccount } = await tryHere(offline, entry);
    if (error !== undefined) throw new Refusal(`server ${name} does not work: ${error}`);
    const speaks = wantsAccount
      ? 'wants an account, which each person connects'
      : `speaks ${protocols.join(' and ')}${titleOf(serverInfo)}`;
    const text = `server ${name} answers in ${ms} ms and ${speaks}`;
    show(context, flags, { name, protocols, ms, serverInfo, wantsAccount }, text);
  });
}

function titleOf(info: Params | undefined): string {
  const { name, version } = info ?? {};
  return typeof name === 'string' ? printable(` (${name} ${version ?? ''})`) : '';
}

/** With the credential that the server has, by connections of its own. */
export async function tryHere({ store, config }: Offline, entry: ServerEntry) {
  const egress = createEgress();
  const log = createLog('silent');
  const ledger = new Ledger({ store, clock: systemClock, log });
  try {
    return await tryServer(entry, {
      ...{ egress, ledger, log, clock: systemClock, rules: commandRules(config) },
      isPrivateAllowed: config.settings['upstream.private'] !== 'deny',
      client: { name: 'authmcp-gateway', version: packageVersion() },
    });
  } finally {
    await ledger.stop();
    await egress.close();
  }
}
