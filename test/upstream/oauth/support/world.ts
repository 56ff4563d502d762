import { randomToken, type ServerName, type UserId } from '../../../../src/base/index.ts';
import { createEgress } from '../../../../src/http/index.ts';
import { createLog, Ledger } from '../../../../src/ledger/index.ts';
import { createLive } from '../../../../src/live/index.ts';
import type { OAuthAuth, ServerEntry } from '../../../../src/mcp/index.ts';
import { Connections } from '../../../../src/upstream/index.ts';
import { createClock } from '../../../auth/support/world.ts';
import { createPlace, type Place } from '../../../store/support/stores.ts';
import { entry as plainEntry } from '../../support/world.ts';

export const ORIGIN = 'http://localhost:8000';

/** A server of the gateway that wants OAuth; `per: user` unless said. */
export const entry = (name: string, url: string, auth: Partial<OAuthAuth> = {}): ServerEntry =>
  plainEntry(name, url, {
    grants: ['*'],
    auth: { kind: 'oauth', per: 'user', grant: 'authorization_code', ...auth },
  });

export type WorldOptions = {
  readonly place?: Place;
  readonly dialect?: Place['dialect'];
  readonly entries?: readonly ServerEntry[];
  readonly origin?: string;
  readonly metadataUrl?: string;
  readonly isPrivateAllowed?: boolean;
  readonly times?: {
    readonly thresholdMs?: number;
    readonly intervalMs?: number;
    readonly timeoutMs?: number;
  };
};

export type Person = { readonly person: UserId; readonly session: string };
export type World = Awaited<ReturnType<typeof createWorld>>;

/** `Connections` among real parts; the clock goes only where it is told to. */
export async function createWorld(options: WorldOptions = {}) {
  const place = options.place ?? (await createPlace(options.dialect ?? 'sqlite'));
  const store = await place.open();
  const clock = createClock(Date.now());
  let entries = options.entries ?? [];
  const live = await createLive({ store, clock, fileServers: () => entries, pollMs: 20 });
  const ledger = new Ledger({ store, clock, log: createLog('silent') });
  const egress = createEgress();
  const origin = options.origin ?? ORIGIN;
  const connections = new Connections({
    ...{ store, egress, clock, ledger, live },
    origin: () => origin,
    isPrivateAllowed: options.isPrivateAllowed ?? true,
    clientMetadataUrl: () => options.metadataUrl,
    times: { timeoutMs: 3000, ...options.times },
  });
  const get = (name: string): ServerEntry => {
    const found = live.current().servers.get(name as ServerName);
    if (!found) throw new Error(`There is no server ${name}`);
    return found;
  };
  return {
    ...{ place, store, clock, live, connections },
    entry: get,
    setEntries: async (next: readonly ServerEntry[]) => {
      entries = next;
      await live.refresh();
    },
    person: async (name: string, role: 'user' | 'admin' = 'user'): Promise<Person> => {
      const made = await store.createUser({ name, role, passwordHash: undefined }, clock.now());
      if (typeof made === 'string') throw new Error(made);
      await live.refresh();
      return { person: made.id, session: randomToken(16) };
    },
    events: async (type?: string) => {
      await ledger.flush();
      return (await store.listEvents(1000)).filter(event => type === undefined || event.type === type);
    },
    close: async () => {
      await connections.close();
      await live.close();
      await ledger.stop();
      await egress.close();
      await (options.place ? store.close() : place.remove());
    },
  };
}

/** What goes along, or why nothing does. */
export async function leaseOf(world: World, name: string, who?: Person): Promise<string> {
  const lease = await world.connections.lease(world.entry(name), who?.person);
  return lease.kind === 'ready' ? (lease.headers.authorization ?? '') : lease.why;
}

/** The whole way: plan, agree, be sent there by `visit`, come back. */
export async function connect(
  world: World,
  name: string,
  who: Person,
  visit: (url: URL) => Promise<URLSearchParams>,
) {
  const server = world.entry(name);
  const plan = await world.connections.plan(server, who.person);
  const url = await world.connections.begin(server, who, plan);
  const back = await visit(url);
  return { plan, url, back, finished: await world.connections.finish(back, who) };
}
