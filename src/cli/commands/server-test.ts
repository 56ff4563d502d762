import { printable, systemClock } from '../../base/index.ts';
import { createEgress } from '../../http/index.ts';
import { createLog, Ledger } from '../../ledger/index.ts';
import { notCalledYet, type ServerEntry } from '../../mcp/index.ts';
import { faultOf, type Hello, Upstreams } from '../../upstream/index.ts';
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
    const why = notCalledYet(entry);
    if (why !== undefined) throw new Refusal(`server ${name} ${why} yet, so there is nothing to test.`);
    const started = performance.now();
    const { modern, legacy } = await probe(offline, { ...entry, enabled: true });
    const found = { name, protocols: [legacy && '2025', modern && '2026-07-28'].filter(Boolean) };
    const ms = Math.round(performance.now() - started);
    const text = `server ${name} answers in ${ms} ms and speaks ${found.protocols.join(' and ')}${titleOf(modern ?? legacy)}`;
    show(context, flags, { ...found, ms, serverInfo: (modern ?? legacy)?.serverInfo }, text);
  });
}

function titleOf(hello: Hello | undefined): string {
  const { name, version } = hello?.serverInfo ?? {};
  return typeof name === 'string' ? printable(` (${name} ${version ?? ''})`) : '';
}

async function probe({ store, config }: Offline, entry: ServerEntry) {
  const egress = createEgress();
  const ledger = new Ledger({ store, clock: systemClock, log: createLog('silent') });
  const isPrivateAllowed = config.settings['upstream.private'] !== 'deny';
  const client = { name: 'authmcp-gateway', version: packageVersion() };
  const upstreams = new Upstreams({ egress, clock: systemClock, ledger, isPrivateAllowed, client });
  try {
    upstreams.apply(new Map([[entry.name, entry]]));
    const probed = await upstreams.get(entry.name)?.probe();
    if (probed?.kind === 'known') return probed.eras;
    const fault = probed && faultOf(probed.reply, entry.name);
    throw new Refusal(`server ${entry.name} does not work: ${fault?.message ?? 'it was not asked'}.`);
  } finally {
    upstreams.close();
    await ledger.stop();
    await egress.close();
  }
}
