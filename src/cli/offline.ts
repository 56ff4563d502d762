import { userInfo } from 'node:os';
import { didYouMean, printable, type ServerName, systemClock, uuidv7 } from '../base/index.ts';
import type { Config, Flags } from '../config/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import type { EventRow, Group, Store, User } from '../store/index.ts';
import { Refusal } from './refusal.ts';

/** What a command works with beside a gateway that may be running. */
export type Offline = {
  readonly config: Config;
  readonly store: Store;
  readonly now: number;
  /** Who does it, as the audit log names them. */
  readonly actor: string;
  /** One row of the audit log, in the name of the system user. */
  audit(change: AuditedChange): Promise<void>;
  /** Throws a Refusal for a name that nobody has. */
  user(name: string): Promise<User>;
  group(name: string): Promise<Group>;
  /** Of the file and of the store. */
  servers(): Promise<readonly ServerEntry[]>;
  server(name: string): Promise<ServerName>;
};

export type AuditedChange = {
  readonly action: string;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
};

/** Opens the same store as the running gateway, which notices the change by itself, and closes it at the end. */
export async function withStore<T>(flags: Flags, work: (offline: Offline) => Promise<T>): Promise<T> {
  const [{ loadConfig, readStored, withStored }, { openStore }] = await Promise.all([
    import('../config/index.ts'),
    import('../store/index.ts'),
  ]);
  const read = loadConfig({ flags });
  const { dataDir, databaseUrl, master, formerMaster } = read;
  const store = await openStore({ dataDir, databaseUrl, master, formerMaster });
  try {
    const config = withStored(read, readStored(await store.settings.list()));
    return await work(offlineOf(config, store, systemClock.now()));
  } finally {
    await store.close();
  }
}

function offlineOf(config: Config, store: Store, now: number): Offline {
  const servers = async () => [...config.servers, ...(await store.listServers())];
  return {
    config,
    store,
    now,
    actor: actorName(),
    audit: change => writeAudit(store, now, change),
    user: async name => {
      const user = await store.userByName(name);
      if (user) return user;
      throw unknown(
        'user',
        name,
        (await store.listUsers()).map(each => each.name),
      );
    },
    group: async name => {
      const all = await store.listGroups();
      const found = all.find(each => each.name.toLowerCase() === name.toLowerCase());
      if (found) return found;
      throw unknown(
        'group',
        name,
        all.map(each => each.name),
      );
    },
    servers,
    server: async name => {
      const all = await servers();
      const found = all.find(each => each.name === name || each.title === name);
      if (found) return found.name;
      throw unknown(
        'server',
        name,
        all.map(each => each.name),
      );
    },
  };
}

function unknown(kind: string, name: string, known: readonly string[]): Refusal {
  const meant = didYouMean(name, known);
  return new Refusal(
    `There is no ${kind} ${printable(name)}${meant ? `; did you mean ${meant}?` : `. See: authmcp-gateway ${kind} list`}`,
  );
}

const actorName = () => `cli:${userInfo().username}`;

async function writeAudit(store: Store, now: number, change: AuditedChange): Promise<void> {
  const actor = actorName();
  await store.addAudit({
    id: uuidv7(now),
    at: now,
    actor,
    action: change.action,
    target: change.target,
    before: change.before === undefined ? undefined : JSON.stringify(change.before),
    after: change.after === undefined ? undefined : JSON.stringify(change.after),
  });
  await store.writeLedger({ activity: [], events: [adminAction(now, actor, change)] });
}

function adminAction(at: number, actor: string, { action, target }: AuditedChange): EventRow {
  const detail = JSON.stringify({ actor, action, target });
  const nobody = { principal: undefined, address: undefined, server: undefined };
  return { id: uuidv7(at), at, type: 'admin_action', severity: 'low', ...nobody, detail, count: 1 };
}
