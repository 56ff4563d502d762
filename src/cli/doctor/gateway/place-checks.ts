import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/index.ts';
import { broken, type ConfigCheck, type Finding, ok, warn } from './check.ts';

const PRIVATE_FILES = ['gateway.db', 'ledger.db', 'keys', 'keys/master.key'];

function lookAtRights({ dataDir, dataDirShown }: Config): readonly Finding[] {
  if (process.platform === 'win32') return [ok(dataDirShown)];
  const names = ['', ...PRIVATE_FILES].filter(name => existsSync(join(dataDir, name)));
  const open = names.filter(name => (statSync(join(dataDir, name)).mode & 0o077) !== 0);
  if (open.length === 0) return [ok(`${dataDirShown}, for its owner alone`)];
  return open.map(name => {
    const path = join(dataDirShown, name);
    return warn(`${path} can be read by other users of this machine`, `chmod go= ${path}`);
  });
}

async function lookAtDatabase(config: Config): Promise<readonly Finding[]> {
  const { inspectStore } = await import('../../../store/index.ts');
  try {
    const found = await inspectStore(config);
    switch (found.kind) {
      case 'none':
        return [warn('there is no database yet', 'authmcp-gateway start')];
      case 'newer':
        return [
          broken(
            `a newer version wrote the database (${found.name})`,
            'start that version, or restore a backup: authmcp-gateway restore',
          ),
        ];
      case 'pending':
        return [
          warn(
            `the tables are ${found.count} changes behind`,
            'authmcp-gateway start brings them up to date',
          ),
        ];
      case 'sealed':
        return [
          broken(
            'what is stored was sealed with another master key',
            'bring the former keys/master.key (or JWT_SECRET_KEY) back, or restore a backup with keys',
          ),
        ];
      case 'current':
        return [ok(`${config.databaseUrl ? 'PostgreSQL' : 'embedded'}, schema ${found.last}`)];
    }
  } catch (error) {
    return [
      broken((error as Error).message, 'restore a backup: authmcp-gateway restore, or mend what it names'),
    ];
  }
}

async function lookAtPort({ port: configured, addresses, dataDir }: Config): Promise<readonly Finding[]> {
  const [{ findFreePort, findPortOwner }, { runningGateway }] = await Promise.all([
    import('../../start/port-owner.ts'),
    import('../../../config/index.ts'),
  ]);
  const running = runningGateway(dataDir);
  const port = running?.port ?? configured;
  const owner = findPortOwner(port);
  if (running !== undefined && (owner === undefined || owner.pid === running.pid))
    return [ok(`the gateway runs (pid ${running.pid}) on port ${port}`)];
  const free = await findFreePort(port, addresses[0]);
  if (free === port) return [ok(`${port} is free; the gateway does not run`)];
  const by = owner ? ` by ${owner.name} (pid ${owner.pid})` : '';
  const other = free === undefined ? '--port' : `--port ${free}`;
  return [
    broken(
      `${port} is taken${by}`,
      `authmcp-gateway start ${other}, or stop ${owner ? 'it' : 'what uses it'}`,
    ),
  ];
}

/** Whether the gateway can start. */
export const placeChecks: readonly ConfigCheck[] = [
  { heading: 'The gateway does not start', name: 'data directory', look: lookAtRights },
  { heading: 'The gateway does not start', name: 'database', look: lookAtDatabase },
  { heading: 'The gateway does not start', name: 'port', look: lookAtPort },
];
