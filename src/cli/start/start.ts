import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../base/index.ts';
import { type Config, type Flags, loadConfig, lockDataDir, watchConfig } from '../../config/index.ts';
import { createGateway, type Gateway } from '../../gateway.ts';
import type { Log } from '../../ledger/index.ts';
import { sampleLine } from '../sample/sample.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { entranceOf } from './first-admin.ts';
import { listenRefusal } from './listen-refusal.ts';
import { logFor } from './logs.ts';
import { buildPages } from './pages.ts';
import { closeOnSignal, closeTelling } from './signals.ts';
import { clockTime, renderStart, type ServerStanding, type Started } from './start-text.ts';

/** Servers that were never asked get this long before the start is announced. */
const FIRST_LOOK_MS = 1500;

/** Runs the gateway until a signal ends it. */
export async function start(flags: Flags, terminal: Terminal): Promise<void> {
  const began = performance.now();
  const config = loadConfig({ flags });
  const lock = lockDataDir(config.dataDir, config.dataDirShown);
  try {
    const log = logFor(terminal, config.settings.logLevel);
    const built = buildPages();
    const gateway = await open(config, log);
    lock.listensOn(gateway.port);
    const watcher = watch(config, gateway, { log, terminal });
    const tell = (says: string) => (terminal.isInteractive ? terminal.err(says) : log.info(says));
    await closeAfter({ gateway, tell }, async () => {
      await announce({ config, gateway, terminal, log, began });
      void built.then(says => says !== undefined && tell(withTime(says, terminal)));
    });
    watcher.close();
  } finally {
    lock.release();
  }
}

/** A terminal has no other clock; a log has one of its own. */
const withTime = (says: string, { isInteractive }: Terminal) =>
  isInteractive ? `${clockTime(systemClock.now())} ${says}` : says;

async function open(config: Config, log: Log): Promise<Gateway> {
  try {
    return await createGateway(config, { log, version: packageVersion(), sample: sampleLine() });
  } catch (error) {
    throw await listenRefusal(error, config.port, config.addresses);
  }
}

/** Edits of the file are live within a second; a wrong one is said and changes nothing. */
function watch(config: Config, gateway: Gateway, { log, terminal }: Pick<Announcement, 'log' | 'terminal'>) {
  const tell = (says: string) => (terminal.isInteractive ? terminal.err(says) : log.warn(says));
  return watchConfig(config, {
    onBad: tell,
    onGood: next => {
      for (const warning of next.warnings) if (!config.warnings.includes(warning)) tell(warning);
      gateway.reload(next).catch(err => log.error({ err }, 'the configuration could not be taken up'));
    },
  });
}

/** Signals count from the moment that there is something to close. */
async function closeAfter(
  { gateway, tell }: { readonly gateway: Gateway; readonly tell: (says: string) => void },
  work: () => Promise<void>,
): Promise<void> {
  const closed = closeOnSignal(() => closeTelling(gateway, tell));
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
  readonly gateway: Gateway;
  readonly terminal: Terminal;
  readonly log: Log;
  readonly began: number;
};

async function announce({ config, gateway, terminal, log, began }: Announcement): Promise<void> {
  const warnings = [...config.warnings];
  const entrance = entranceOf(config, gateway, text => warnings.push(text));
  const servers = await firstLook(gateway);
  const started: Started = {
    version: packageVersion(),
    config: { ...config, warnings },
    origin: gateway.origin,
    mcpUrl: gateway.mcpUrl,
    servers: servers.map(standingOf),
    entrance,
    tookMs: performance.now() - began,
    now: systemClock.now(),
  };
  if (terminal.isInteractive) return terminal.out(renderStart(started));
  for (const warning of warnings) log.warn(warning);
  terminal.out(JSON.stringify(machineLine(started)));
  if (entrance.kind === 'setup') terminal.err(`Set it up: ${entrance.url}`);
}

async function firstLook(gateway: Gateway): Promise<ReturnType<Gateway['servers']>> {
  const until = performance.now() + FIRST_LOOK_MS;
  while (gateway.servers().some(server => server.status.state === 'unknown') && performance.now() < until) {
    await sleep(25);
  }
  return gateway.servers();
}

function standingOf({ name, status }: ReturnType<Gateway['servers']>[number]): ServerStanding {
  return status.state === 'down'
    ? { name, state: 'down', since: status.since, reason: REASONS[status.reason] }
    : { name, state: status.state };
}

const REASONS = {
  unreachable: 'it cannot be reached',
  timeout: 'it did not answer in time',
  refused: 'it refused the credential',
  blocked: 'its address is not allowed',
  invalid: 'its answers are not valid',
  crashed: 'its program ended',
} as const;

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
