import type { Command } from 'commander';
import { printable, Secret } from '../../base/index.ts';
import { type CommonFlags, type Context, readDuration, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { packageVersion } from '../version.ts';
import { urlOf } from './documents.ts';
import { renderLine, reportOf, verdictOf } from './report.ts';
import { walkOAuth } from './walk.ts';

type Flags = {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly clientSecretStdin?: boolean;
  readonly clientMetadataUrl?: string;
  readonly callbackPort?: string;
  readonly scope?: string;
  readonly timeout: string;
  readonly wait: boolean;
  readonly keepGoing?: boolean;
  readonly json?: boolean;
};

const HOP_MS = 10_000;
/** How often a person who waits for the browser is told so. */
const MOST_SILENCE_MS = 30_000;

export function addDoctor(program: Command, context: Context): void {
  const doctor = withExamples(
    withData(program.command('doctor').description('find out what is wrong, and what to do about it')),
    'authmcp-gateway doctor',
    'authmcp-gateway doctor --json',
  ).action(async (flags: CommonFlags) => {
    const { examineGateway } = await import('./gateway/gateway-doctor.ts');
    await examineGateway(context, flags);
  });
  withExamples(
    doctor
      .command('oauth <url>')
      .description(
        'walk the way of a client from the address of an MCP server, this gateway or any other, to its first call',
      )
      .option('--client-id <id>', 'a client that is registered already, instead of registering one')
      .option('--client-secret <secret>', 'its secret; others on this machine can read a command line')
      .option('--client-secret-stdin', 'read its secret from standard input')
      .option('--client-metadata-url <url>', 'be the client that this metadata document describes')
      .option('--callback-port <port>', 'where to wait for the browser (default: any free port)')
      .option('--scope <scopes>', 'ask for these scopes (default: what the server names)')
      .option('--timeout <time>', 'how long to wait for the browser', '5m')
      .option('--no-wait', 'stop before signing in')
      .option('--keep-going', 'register and sign in although something before that is broken')
      .option('--json', 'print JSON'),
    'authmcp-gateway doctor oauth http://localhost:8000/mcp',
    'authmcp-gateway doctor oauth https://mcp.example.com/mcp --no-wait --json',
  ).action((url: string, flags: Flags) => oauth(context, url, flags));
}

async function oauth(context: Context, given: string, flags: Flags): Promise<void> {
  const { terminal } = context;
  const url = urlOf(given);
  if (url?.username !== '')
    throw new Refusal(`${printable(given)} is no address: give one like http://localhost:8000/mcp.`);
  url.hash = '';
  const waitMs = flags.wait ? timeOf(flags) : 0;
  const stop = new AbortController();
  let ended = (): void => {};
  const lines = await walkOAuth({
    url,
    wishes: await wishesOf(context, flags),
    scope: flags.scope,
    waitMs,
    signal: stop.signal,
    keepsGoing: flags.keepGoing === true,
    hopMs: HOP_MS,
    agent: `authmcp-gateway-doctor/${packageVersion()}`,
    onLine: line => {
      ended();
      if (!flags.json) terminal.out(renderLine(line));
    },
    onSignIn: address => {
      // Before the address is there to be seen: whoever sees it may interrupt.
      const goOn = atInterrupt(() => stop.abort());
      const beQuiet = inviteToSignIn(context, address, waitMs);
      ended = () => {
        beQuiet();
        goOn();
      };
    },
  });
  if (flags.json) terminal.out(JSON.stringify(reportOf(url.href, lines)));
  const verdict = verdictOf(url.href, lines);
  if (lines.some(({ mark }) => mark === 'BROKEN')) throw new Refusal(verdict);
  if (!flags.json) terminal.out(`\n${verdict}`);
}

/** What was made is taken back before the end; a second signal ends at once. Returns how to stop listening. */
function atInterrupt(work: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.once(name, work);
  return () => {
    for (const name of names) process.off(name, work);
  };
}

/** Says what to open, and from time to time that it is still waited for, until the returned function is called. */
function inviteToSignIn({ terminal }: Context, address: string, waitMs: number): () => void {
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  terminal.err(`\nOpen this in a browser, sign in and agree (${seconds(waitMs)} from now):\n\n${address}\n`);
  const started = performance.now();
  const tick = (): void => {
    const left = waitMs - (performance.now() - started);
    terminal.err(`still waiting for the browser, ${seconds(Math.max(0, left))} left`);
  };
  const timer = setInterval(tick, Math.min(MOST_SILENCE_MS, Math.max(waitMs / 4, 100)));
  return () => clearInterval(timer);
}

function timeOf({ timeout }: Flags): number {
  const ms = readDuration(timeout);
  if (ms !== undefined && ms <= 3_600_000) return ms;
  throw new Refusal(`--timeout takes a time like 90s or 5m, an hour at most, not "${printable(timeout)}".`);
}

async function wishesOf({ terminal }: Context, flags: Flags) {
  const { clientId, clientMetadataUrl } = flags;
  if (clientId !== undefined && clientMetadataUrl !== undefined)
    throw new Refusal('Give --client-id or --client-metadata-url, not both.');
  const metadataUrl = urlOf(clientMetadataUrl);
  if (clientMetadataUrl !== undefined && !metadataUrl)
    throw new Refusal(`--client-metadata-url takes an https URL, not "${printable(clientMetadataUrl)}".`);
  const secret = flags.clientSecretStdin ? (await terminal.readInput()).trim() : flags.clientSecret;
  if (secret !== undefined && clientId === undefined)
    throw new Refusal('A client secret belongs to a --client-id.');
  if (secret === '') throw new Refusal('The client secret is empty.');
  return {
    clientId,
    clientSecret: secret === undefined ? undefined : new Secret(secret),
    metadataUrl,
    callbackPort: portOf(flags),
  };
}

function portOf({ callbackPort }: Flags): number | undefined {
  if (callbackPort === undefined) return undefined;
  const port = /^\d{1,5}$/.test(callbackPort) ? Number(callbackPort) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new Refusal(`--callback-port takes a port, not "${printable(callbackPort)}".`);
}
