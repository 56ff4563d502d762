import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, type Running, runToEnd, startProcess } from './processes.ts';
import { tempDir } from './temp.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A server as it stands in the configuration file; a string is its URL. */
export type ServerDraft = string | { readonly [key: string]: unknown };

export type GatewayOptions = {
  readonly servers: Readonly<Record<string, ServerDraft>>;
  /** As under `settings` of the configuration file. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Runs it by another program, as `taskset -c 0`. */
  readonly runBy?: readonly string[];
  /** A folder of one's own, which stays; what it holds already is found. */
  readonly dir?: string;
};

export type Gateway = {
  /** As the gateway itself prints it: on `localhost`, unless it was given another public address. */
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly configFile: string;
  readonly process: Running;
  /** When it said where it listens, on the clock of `performance.now()`. */
  readonly readyAt: number;
  readonly url: (path: string) => string;
  /** An API key of the first administrator. */
  readonly adminToken: string;
  /** Makes a person who may use these servers, and an API key for them. */
  readonly userToken: (name: string, grants: readonly string[]) => Promise<string>;
  /** Runs a command of the CLI on the same data folder. */
  readonly cli: (...args: string[]) => Promise<Ended>;
  readonly close: () => Promise<Ended>;
};

/** The gateway as its users run it: its own process, its own data folder, a configuration file, port 0. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const kept = { path: options.dir ?? '', remove: async () => {} };
  const { path: dir, remove } = options.dir === undefined ? await tempDir('authmcp-gateway-') : kept;
  const [dataDir, configFile] = [join(dir, 'data'), join(dir, 'authmcp.yaml')];
  await writeConfig(configFile, options);
  const env = {
    ADMIN_USERNAME: 'admin',
    ADMIN_PASSWORD: `A1!${randomBytes(12).toString('base64url')}`,
    ...options.env,
  };
  const common = ['--data-dir', dataDir, '--config', configFile];
  const start = [process.execPath, MAIN, 'start', '--port', '0', ...common, ...(options.args ?? [])];
  const [program = '', ...args] = [...(options.runBy ?? []), ...start];
  const running = startProcess(program, args, { env, cwd: dir });
  const cli = (...args: string[]) =>
    runToEnd(process.execPath, [MAIN, ...args, ...common], { env, cwd: dir });
  const close = async () => {
    const ended = await running.stop();
    await remove();
    return ended;
  };
  try {
    const found = await running.line(/(http:\/\/(?:localhost|127\.\d+\.\d+\.\d+):(\d+))\/mcp/, 20_000);
    const readyAt = performance.now();
    const [, origin = '', port = ''] = found;
    const token = async (user: string) =>
      onlyLine(await cli('token', 'create', '--user', user, '--name', 'test'));
    const adminToken = await token('admin');
    const userToken = async (name: string, grants: readonly string[]) => {
      const granted = grants.flatMap(server => ['--grant', server]);
      onlyLine(await cli('user', 'add', name, '--service', ...granted));
      return token(name);
    };
    const url = (path: string) => `${origin}${path}`;
    return {
      origin,
      port: Number(port),
      dataDir,
      configFile,
      process: running,
      readyAt,
      url,
      adminToken,
      userToken,
      cli,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** JSON is YAML. Fixtures listen on loopback, which a gateway with a public origin would refuse. */
export async function writeConfig(
  path: string,
  { servers, settings }: Pick<GatewayOptions, 'servers' | 'settings'>,
): Promise<void> {
  const entries = Object.entries(servers).map(([name, draft]) => {
    const server = typeof draft === 'string' ? { url: draft } : draft;
    return [name, { private: 'allow', ...server }] as const;
  });
  await writeFile(path, JSON.stringify({ mcpServers: Object.fromEntries(entries), settings }, null, 2));
}

function onlyLine({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new Error(`The command ended with ${code}: ${stderr}${stdout}`);
  return stdout.trim();
}
