import { z } from 'zod';
import { Fault } from '../../base/index.ts';
import { networkOf, readAddress } from '../../http/index.ts';
import { audit } from '../api/audit.ts';
import type { ApiKit } from '../api/kit.ts';
import { operation, wrong } from '../api/operation.ts';
import { isoTime } from './fields.ts';

const PATH = '/admin/api/blocked-addresses';
const MINUTE_MS = 60_000;
/** A month: what shall be kept out for ever is a matter of the network. */
const MOST_MINUTES = 43_200;

const shown = z.object({
  address: z.string(),
  /** Who did it, as the audit log names them; `detector:brute_force`: it guessed. */
  by: z.string(),
  since: z.string().nullable(),
  until: z.string().nullable(),
});

type Shown = z.input<typeof shown>;

const show = (address: string, by: string, at: number, endsAt: number): Shown => ({
  ...{ address, by },
  ...{ since: isoTime(at), until: isoTime(endsAt) },
});

function addressIn(text: string): string {
  const address = readAddress(text.trim());
  if (address === undefined) throw wrong('address', 'is no IP address');
  return address;
}

async function listed({ store, blocked, clock }: ApiKit): Promise<Shown[]> {
  const named = await store.blockedAddresses.list(clock.now());
  return [
    ...named.map(one => show(one.address, one.blockedBy, one.blockedAt, one.endsAt)),
    ...blocked.caught().map(one => show(one.address, 'detector:brute_force', one.at, one.endsAt)),
  ];
}

/** Addresses from which nobody signs in for a while. */
export const blockedAddressOperations = [
  operation({
    id: 'blocked-addresses.list',
    method: 'get',
    path: PATH,
    summary: 'Addresses from which nobody signs in for a while, and who said so',
    access: 'read',
    answer: z.array(shown),
    handle: listed,
  }),
  operation({
    id: 'blocked-addresses.block',
    method: 'post',
    path: PATH,
    summary:
      'Nobody signs in from an address for some minutes (`detectors.blockMinutes` unless said), but in a browser in which they did before; of IPv6 from its /64',
    access: 'change',
    body: z.strictObject({ address: z.string(), minutes: z.int().min(1).max(MOST_MINUTES).optional() }),
    answer: shown,
    handle: async (kit, asked) => {
      const address = addressIn(asked.body.address);
      if (networkOf(address) === networkOf(asked.address)) {
        const says = 'address: it is your own; somebody elsewhere has to do that';
        throw new Fault('conflict', { says, data: { field: 'address' } });
      }
      const minutes = asked.body.minutes ?? kit.configNow().settings['detectors.blockMinutes'];
      const blockedAt = kit.clock.now();
      const endsAt = blockedAt + minutes * MINUTE_MS;
      const blockedBy = asked.actor.name;
      const network = networkOf(address);
      await kit.store.blockedAddresses.block({ network, address, blockedAt, blockedBy, endsAt });
      await kit.live.refresh();
      await audit(kit, asked, { action: 'address.block', target: address, after: { minutes } });
      return show(address, blockedBy, blockedAt, endsAt);
    },
  }),
  operation({
    id: 'blocked-addresses.unblock',
    method: 'delete',
    path: `${PATH}/:address`,
    summary: 'People may sign in from an address again, whoever kept it out',
    access: 'change',
    params: z.strictObject({ address: z.string() }),
    handle: async (kit, asked) => {
      const address = addressIn(asked.params.address);
      const wasNamed = await kit.store.blockedAddresses.unblock(networkOf(address));
      const wasCaught = kit.blocked.release(address);
      if (!wasNamed && !wasCaught) throw new Fault('not_found', { says: `${address} is not blocked` });
      await kit.live.refresh();
      await audit(kit, asked, { action: 'address.unblock', target: address });
    },
  }),
];
