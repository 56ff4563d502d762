import { existsSync } from 'node:fs';
import { startGatewayHere } from '../../test/support/gateway-here.ts';
import { scopedKey } from '../../test/support/scoped-key.ts';
import { tempDir } from '../../test/support/temp.ts';
import { fillLedger } from '../fill.ts';
import { fixed } from '../measure.ts';
import type { Verdict } from '../verdict.ts';

const DAYS = 30;
const BAR_MS = 200;

const WINDOWS = [3_600, 86_400, 7 * 86_400, DAYS * 86_400];
const SCOPES = ['', '&server=server-3', '&user_id=00000000-0000-7000-8000-000000000007', '&client=client-5'];

/** Whatever the page of activity asks, with each of its filters. */
const QUESTIONS: readonly string[] = [
  ...WINDOWS.flatMap(seconds =>
    SCOPES.flatMap(scope => [
      `/admin/api/figures?last_seconds=${seconds}${scope}`,
      `/admin/api/figures/series?last_seconds=${seconds}${scope}`,
    ]),
  ),
  '/admin/api/figures?last_seconds=86400&exact=1',
  '/admin/api/activity',
  ...['server=server-3', 'outcome=error', 'target=tool-7', 'fault=upstream_timeout', 'client=client-5'].map(
    filter => `/admin/api/activity?${filter}`,
  ),
  // Nothing of the kind: all that may be looked at is looked at.
  '/admin/api/activity?server=none&outcome=cancelled',
];

async function ask(url: string, token: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await response.text();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return performance.now() - began;
}

/** How soon figures and pages come from a ledger of many entries. Filling it takes minutes; in `kept` that is done once. */
export async function ledger(rows: number, kept?: string): Promise<Verdict[]> {
  const { path: dir, remove } = kept
    ? { path: kept, remove: async () => {} }
    : await tempDir('authmcp-bench-');
  try {
    console.log(`\nA ledger of ${rows} entries in ${DAYS} days:`);
    const perRow = existsSync(`${dir}/data/ledger.db`)
      ? undefined
      : await fillLedger(dir, { rows, days: DAYS });
    const gateway = await startGatewayHere({ dir, servers: {} });
    const token = await scopedKey(gateway, 'root', ['audit']);
    const cold: number[] = [];
    const warm: number[] = [];
    let slowest = { ms: 0, question: '' };
    for (const question of QUESTIONS) {
      const ms = await ask(gateway.url(question), token);
      cold.push(ms);
      if (ms > BAR_MS) console.log(`  ${fixed(ms)} ms ${question}`);
      if (ms > slowest.ms) slowest = { ms, question };
      for (let i = 0; i < 5; i++) warm.push(await ask(gateway.url(question), token));
    }
    await gateway.close();
    console.log(`  slowest: ${fixed(slowest.ms)} ms ${slowest.question}`);
    const p95 = (of: readonly number[]) =>
      [...of].sort((a, b) => a - b)[Math.ceil(of.length * 0.95) - 1] ?? 0;
    const bar = `${BAR_MS} ms`;
    return [
      {
        what: `${rows} entries, asked first, p95`,
        value: `${fixed(p95(cold))} ms`,
        bar,
        isMet: p95(cold) <= BAR_MS,
      },
      { what: 'asked again, p95', value: `${fixed(p95(warm))} ms`, bar, isMet: p95(warm) <= BAR_MS },
      ...(perRow === undefined
        ? []
        : [{ what: 'written, per entry', value: `${fixed(perRow)} us`, bar: '-', isMet: true }]),
    ];
  } finally {
    await remove();
  }
}
