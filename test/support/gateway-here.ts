import { join } from 'node:path';
import { makeApiKey } from '../../src/auth/index.ts';
import type { Clock, ServerName } from '../../src/base/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { type Gateway as Built, createGateway, type Patience } from '../../src/gateway.ts';
import { createLog } from '../../src/ledger/index.ts';
import type { Store, User } from '../../src/store/index.ts';
import { type GatewayOptions, writeConfig } from './gateway.ts';
import { tempDir } from './temp.ts';

export type GatewayHere = {
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly configFile: string;
  readonly built: Built;
  readonly store: Store;
  readonly url: (path: string) => string;
  readonly adminToken: string;
  /** Makes a person who may use these servers, and an API key for them. */
  readonly userToken: (name: string, grants: readonly string[]) => Promise<string>;
  readonly close: () => Promise<void>;
};

export type HereOptions = Pick<GatewayOptions, 'servers' | 'settings' | 'env'> & {
  readonly clock?: Clock;
  /** How long slow senders and readers are waited for. */
  readonly patience?: Patience;
  /** A folder of the test's own: it stays, so that a second gateway finds what the first one kept. */
  readonly dir?: string;
};

/** The gateway as the test's own object: real store, real sockets, and its own clock where one is given. */
export async function startGatewayHere(options: HereOptions): Promise<GatewayHere> {
  const kept = { path: options.dir ?? '', remove: async () => {} };
  const { path: dir, remove } = options.dir === undefined ? await tempDir('authmcp-here-') : kept;
  const configFile = join(dir, 'authmcp.yaml');
  await writeConfig(configFile, options);
  const flags = { config: configFile, dataDir: join(dir, 'data'), port: '0', logLevel: 'error' };
  const config = loadConfig({ flags, env: { ...options.env }, cwd: dir });
  const built = await createGateway(config, {
    log: createLog('warn'),
    version: '0.0.0-test',
    ...(options.clock && { clock: options.clock }),
    ...(options.patience && { patience: options.patience }),
  });
  const { store, origin, port } = built;
  const token = async (user: User | string) => {
    if (typeof user === 'string') throw new Error(`The user was not made: ${user}`);
    const { id, key, secretHash } = makeApiKey();
    const createdAt = options.clock?.now() ?? Date.now();
    const rest = { name: 'test', scopes: ['mcp'], createdAt, expiresAt: undefined };
    await store.createKey({ id, userId: user.id, secretHash, ...rest });
    return key.reveal();
  };
  const create = async (name: string, role: 'admin' | 'user') => {
    const made = await store.createUser(
      { name, role, passwordHash: undefined },
      options.clock?.now() ?? Date.now(),
    );
    return made === 'name_taken' ? ((await store.userByName(name)) ?? made) : made;
  };
  const userToken = async (name: string, grants: readonly string[]) => {
    const user = await create(name, 'user');
    if (typeof user === 'string') throw new Error(`The user was not made: ${user}`);
    for (const server of grants) await store.addGrant({ userId: user.id, server: server as ServerName });
    return token(user);
  };
  return {
    origin,
    port,
    dataDir: config.dataDir,
    configFile,
    built,
    store,
    url: path => `${origin}${path}`,
    adminToken: await token(await create('root', 'admin')),
    userToken,
    close: async () => {
      await built.close();
      await remove();
    },
  };
}
