import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../base/index.ts';
import { type Config, type Flags, loadConfig, lockDataDir } from '../../config/index.ts';
import type { Log } from '../../ledger/index.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { entranceOf } from './first-admin.ts';
import { listenRefusal } from './listen-refusal.ts';
import { logFor } from './logs.ts';
import type { RunningGateway, ServerStanding, StartGateway } from './running-gateway.ts';
import { closeOnSignal } from './signals.ts';
import { renderStart, type Started } from './start-text.ts';

/** Servers that were never asked get this long before the start is announced. */
const FIRST_LOOK_MS = 1500;

/** Runs the gateway until a signal ends it. */
export async function start(flags: Flags, terminal: Terminal, startGateway: StartGateway): Promise<void> {
  const began = performance.now();
  const config = loadConfig({ flags });
  const lock = lockDataDir(config.dataDir, config.dataDirShown);
  try {
    const log = logFor(terminal, config.settings.logLevel);
    const gateway = await open(config, log, startGateway);
    await closeAfter(gateway, () => announce({ config, gateway, terminal, log, began }));
  } finally {
    lock.release();
  }
}

async function open(config: Config, log: Log, startGateway: StartGateway): Promise<RunningGateway> {
  try {
    return await startGateway(config, { log });
  } catch (error) {
    throw await listenRefusal(error, config.port, config.addresses);
  }
}

/** Signals count from the moment that there is something to close. */
async function closeAfter(gateway: RunningGateway, work: () => Promise<void>): Promise<void> {
  const closed = closeOnSignal(() => gateway.close());
  try {
    await work();
  } catch (error) {
    await gateway.close();
    throw error;
  }
  await closed;
}

type Announcement = {
  readonly config: Config;
  readonly gateway: RunningGateway;
  readonly terminal: Terminal;
  readonly log: Log;
  readonly began: number;
};

async function announce({ config, gateway, terminal, log, began }: Announcement): Promise<void> {
  const warnings = [...config.warnings];
  const entrance = await entranceOf(config, gateway, text => warnings.push(text));
  const servers = await firstLook(gateway);
  const started: Started = {
    version: packageVersion(),
    config: { ...config, warnings },
    origin: gateway.origin,
    mcpUrl: gateway.mcpUrl,
    servers,
    entrance,
    tookMs: performance.now() - began,
    now: systemClock.now(),
  };
  if (terminal.isInteractive) return terminal.out(renderStart(started));
  for (const warning of warnings) log.warn(warning);
  terminal.out(JSON.stringify(machineLine(started)));
  if (entrance.kind === 'setup') terminal.err(`Set it up: ${entrance.url}`);
}

async function firstLook(gateway: RunningGateway): Promise<readonly ServerStanding[]> {
  const until = performance.now() + FIRST_LOOK_MS;
  while (gateway.servers().some(server => server.state === 'unknown') && performance.now() < until)
    await sleep(25);
  return gateway.servers();
}

function machineLine({ version, config, origin, mcpUrl, servers, tookMs, now }: Started) {
  return {
    level: 'info',
    time: now,
    msg: 'ready',
    version,
    mode: config.mode.kind,
    mcp: mcpUrl,
    dashboard: `${origin}/admin`,
    dataDir: config.dataDir,
    servers: servers.length,
    ms: Math.round(tookMs),
  };
}
