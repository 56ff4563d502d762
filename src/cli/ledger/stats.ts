import type { Command } from 'commander';
import type { Figures, Ranked } from '../../ledger/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, readDuration, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

type Flags = CommonFlags & { readonly last: string; readonly server?: string; readonly user?: string };

/** `stats`: the figures of a window that ends now: whoever has just tried something looks for it. */
export function addStats(program: Command, context: Context): void {
  withExamples(
    withData(program.command('stats').description('say how much was asked, how well it went and how fast'))
      .option('--last <span>', 'the window: 15m, 24h, 7d', '24h')
      .option('--server <name>', 'of this server alone')
      .option('--user <name>', 'of this person alone'),
    'authmcp-gateway stats --last 1h',
    'authmcp-gateway stats --server github --json',
  ).action((flags: Flags) => withStore(flags, offline => stats(context, flags, offline)));
}

const timeOf = (ms: number | undefined) => (ms === undefined ? '-' : ms < 10 ? ms.toFixed(2) : ms.toFixed(0));
const shareOf = (share: number | undefined) => (share === undefined ? '-' : `${(share * 100).toFixed(2)} %`);

const HEAD = ['', 'REQUESTS', 'SUCCESS', 'ERRORS', 'P50 MS', 'P95 MS', 'P99 MS'];

const cellsOf = (name: string, one: Figures) => [
  name,
  String(one.requests),
  shareOf(one.success),
  String(one.errors),
  timeOf(one.p50),
  timeOf(one.p95),
  timeOf(one.p99),
];

async function stats(context: Context, flags: Flags, offline: Offline): Promise<void> {
  const last = readDuration(flags.last);
  if (last === undefined) throw new Refusal('--last is a span as 15m, 24h or 7d.');
  if (flags.server !== undefined && flags.user !== undefined)
    throw new Refusal('Say one of --server and --user.');
  const { EVERYTHING, topOf, totalsOf, windowBefore, windowOf } = await import('../../ledger/index.ts');
  const store = offline.store.ledger;
  const window = windowOf({ since: offline.now - last, isExact: true }, offline.now);
  const scope =
    flags.server !== undefined
      ? ({ kind: 'server', key: await offline.server(flags.server) } as const)
      : flags.user !== undefined
        ? ({ kind: 'user', key: (await offline.user(flags.user)).id } as const)
        : EVERYTHING;
  const [now, before] = [
    await totalsOf(store, scope, window),
    await totalsOf(store, scope, windowBefore(window)),
  ];
  const keyStart = scope.kind === 'server' ? `${scope.key} ` : undefined;
  const isPerson = scope.kind === 'user';
  const tools = isPerson ? [] : await topOf(store, { kind: 'tool', keyStart, top: 10 }, window);
  const failures = isPerson ? [] : await topOf(store, { kind: 'fault', keyStart, top: 10 }, window);
  const value = { from: window.from, to: window.to, now, before, tools, failures };
  show(context, flags, value, textOf(flags.last, { now, before, tools, failures }));
}

type Found = {
  readonly now: Figures;
  readonly before: Figures;
  readonly tools: readonly Ranked[];
  readonly failures: readonly Ranked[];
};

function textOf(last: string, { now, before, tools, failures }: Found): string {
  const totals = renderTable(HEAD, [cellsOf(`last ${last}`, now), cellsOf('before', before)]);
  const parts = [totals];
  if (tools.length > 0)
    parts.push(
      renderTable(
        ['TOOL', ...HEAD.slice(1)],
        tools.map(one => cellsOf(one.key, one)),
      ),
    );
  if (failures.length > 0) {
    const rows = failures.map(one => [one.key.trim(), String(one.errors + one.refused)]);
    parts.push(renderTable(['FAILURE', 'COUNT'], rows));
  }
  return parts.join('\n\n');
}
