import { type Command, Option } from 'commander';
import type { Report, Severity } from '../../auditor/index.ts';
import { printable, Secret } from '../../base/index.ts';
import { type Context, many, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { renderReport } from './render.ts';

type Flags = {
  readonly tokenStdin?: boolean;
  readonly tokenFile?: string;
  readonly otherTokenFile?: string;
  readonly callTools?: boolean;
  readonly burst: string;
  readonly without?: readonly string[];
  readonly format: 'text' | 'json' | 'sarif' | 'markdown';
  readonly failOn: Severity | 'never';
};

const MOST_BURST = 5_000;

/** `audit`: looks at any MCP server from here, without a gateway. */
export function addAudit(program: Command, context: Context): void {
  withExamples(
    program
      .command('audit <url>')
      .description('look at an MCP server for what is wrong with its security')
      .option('--token-stdin', 'a token that the server should take, from standard input')
      .option('--token-file <file>', 'the same from a file')
      .option('--other-token-file <file>', 'a token of another person, to see that nothing is shared')
      .option('--call-tools', 'call tools that do not say that they only read, too')
      .option('--burst <count>', 'requests in a row, to see whether anything ends them', '600')
      .option('--without <check>', 'leave a check out (repeatable)', many)
      .addOption(
        new Option('--format <format>').choices(['text', 'json', 'sarif', 'markdown']).default('text'),
      )
      .addOption(
        new Option('--fail-on <severity>', 'end with 1 from this severity on')
          .choices(['critical', 'high', 'medium', 'low', 'never'])
          .default('high'),
      ),
    'authmcp-gateway audit https://mcp.example.com/mcp',
    'authmcp-gateway audit http://localhost:8000/mcp --token-file ~/.authmcp-token --format sarif > audit.sarif',
  ).action((url: string, flags: Flags) => run(context, url, flags));
}

async function run(context: Context, given: string, flags: Flags): Promise<void> {
  const { terminal } = context;
  const report = await examine(terminal, urlOf(given), flags);
  terminal.out(await textOf(report, flags.format, terminal));
  const { findingsOf, SEVERITIES } = await import('../../auditor/index.ts');
  const worst = findingsOf(report)[0]?.severity;
  if (worst === undefined || flags.failOn === 'never') return;
  if (SEVERITIES.indexOf(worst) <= SEVERITIES.indexOf(flags.failOn))
    throw new Refusal(
      `The worst that was found is ${worst}; --fail-on ${flags.failOn} makes that a failure.`,
    );
}

async function examine(terminal: Terminal, url: URL, flags: Flags): Promise<Report> {
  const [{ audit, checkIds }, { createEgress }, { systemClock }] = await Promise.all([
    import('../../auditor/index.ts'),
    import('../../http/index.ts'),
    import('../../base/index.ts'),
  ]);
  const strange = flags.without?.find(id => !checkIds.includes(id));
  if (strange !== undefined)
    throw new Refusal(`There is no check ${printable(strange)}. There are: ${checkIds.join(', ')}.`);
  const assignment = {
    url,
    token: await tokenOf(terminal, flags),
    otherToken: flags.otherTokenFile === undefined ? undefined : await fromFile(flags.otherTokenFile),
    mayCall: flags.callTools === true,
    burst: burstOf(flags),
    without: flags.without ?? [],
  };
  const egress = createEgress();
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  try {
    const ended = await audit(assignment, {
      egress,
      clock: systemClock,
      // Whoever types an address on this machine can reach it from this machine.
      isPrivateAllowed: () => true,
      signal: stop.signal,
      onProgress: ({ done, of, check }) => {
        if (terminal.isInteractive) terminal.err(`${done + 1}/${of} ${check}?`);
      },
    });
    if (ended.kind === 'done') return ended.report;
    const why = ended.kind === 'cancelled' ? 'it was stopped' : ended.why;
    throw new Refusal(`${printable(url.href)} could not be looked at: ${printable(why)}.`);
  } finally {
    process.off('SIGINT', onSignal);
    await egress.close();
  }
}

async function textOf(report: Report, format: Flags['format'], terminal: Terminal): Promise<string> {
  const { findingsOf, markdownOf, sarifOf } = await import('../../auditor/index.ts');
  if (format === 'json') return JSON.stringify({ ...report, findings: findingsOf(report).length }, null, 2);
  if (format === 'sarif') return JSON.stringify(sarifOf(report, packageVersion()), null, 2);
  if (format === 'markdown') return markdownOf(report).trimEnd();
  return renderReport(report, terminal.isInteractive);
}

function urlOf(given: string): URL {
  const url = URL.parse(given);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') return url;
  throw new Refusal(`${printable(given)} is no address: give one like https://mcp.example.com/mcp.`);
}

function burstOf({ burst }: Flags): number {
  const count = /^\d{1,4}$/.test(burst) ? Number(burst) : 0;
  if (count >= 1 && count <= MOST_BURST) return count;
  throw new Refusal(`--burst takes a number from 1 to ${MOST_BURST}, not "${printable(burst)}".`);
}

async function tokenOf(terminal: Terminal, flags: Flags): Promise<Secret | undefined> {
  if (flags.tokenStdin && flags.tokenFile !== undefined)
    throw new Refusal('Give --token-stdin or --token-file, not both.');
  if (flags.tokenFile !== undefined) return fromFile(flags.tokenFile);
  if (!flags.tokenStdin) return undefined;
  return asToken(await terminal.readInput(), 'Standard input');
}

async function fromFile(path: string): Promise<Secret> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Refusal(`${printable(path)} cannot be read.`);
  return asToken(text, printable(path));
}

function asToken(text: string, where: string): Secret {
  const token = text.trim();
  // RFC 6750 section 2.1, b64token and what else fits into a header.
  if (/^[\x21-\x7e]+$/.test(token)) return new Secret(token);
  throw new Refusal(`${where} holds no token.`);
}
