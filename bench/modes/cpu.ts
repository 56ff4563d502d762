import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from '../load.ts';
import { cpuMicros, fixed, median, printTable } from '../measure.ts';
import {
  type Backend,
  runLoad,
  type Subject,
  startBackend,
  startFloor,
  startModernSubject,
  startRuledSubject,
  startSubject,
} from '../subjects.ts';
import type { Verdict } from '../verdict.ts';
import { decisions } from './decisions.ts';

export type CpuOptions = {
  readonly rounds: number;
  readonly seconds: number;
  readonly failAbove: number;
  /** Measures the floor against itself: what the rig itself adds or loses. */
  readonly isRigTest: boolean;
};

/** Until the compiler has settled, which takes some ten thousand calls: after less, few rounds measure the compiler. */
const WARM_S = 8;

type Round = LoadResult & { readonly micros: number };

/** CPU of all threads per `tools/call`, as the median of the ratios of interleaved rounds to the floor. */
export async function cpu(options: CpuOptions): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const mode of ['json', 'sse']) {
    const backend = ['--mode', mode, '--sessions'];
    verdicts.push(...(await measure({ what: mode, backend, start: startSubject, bar: SAME_ERA }, options)));
  }
  return verdicts;
}

/** The same between the eras: no question in the middle of the call, each answer said in other terms. */
export async function bridged(options: CpuOptions): Promise<Verdict[]> {
  const rows: readonly Measured[] = [
    {
      what: 'client of 2025, server of 2026',
      backend: ['--era', 'modern'],
      start: startSubject,
      bar: BRIDGED,
    },
    {
      what: 'client of 2026, server of 2025',
      backend: ['--era', 'legacy', '--sessions'],
      start: startModernSubject,
      bar: BRIDGED,
    },
  ];
  const verdicts: Verdict[] = [];
  for (const row of rows) verdicts.push(...(await measure(row, { ...options, failAbove: 4 })));
  return verdicts;
}

/** The same for a person whom a thousand rules and a limit concern, of a server with two thousand tools. */
export async function ruled(options: CpuOptions): Promise<Verdict[]> {
  const backend = ['--sessions', '--tools', '2000'];
  const what = '1,000 rules, 2,000 tools, own limits';
  return [
    ...(await measure({ what, backend, start: startRuledSubject, bar: SAME_ERA }, options)),
    ...decisions(),
  ];
}

const SAME_ERA = '2.00 (goal 1.70)';
const BRIDGED = '4.00';

type Measured = {
  readonly what: string;
  readonly backend: readonly string[];
  readonly start: (backend: Backend) => Promise<Subject>;
  readonly bar: string;
};

async function measure({ what, start, bar, ...row }: Measured, options: CpuOptions): Promise<Verdict[]> {
  const backend = await startBackend(...row.backend);
  const floor = await startFloor(backend);
  const subject = options.isRigTest ? await startFloor(backend, 'floor again') : await start(backend);
  try {
    for (const one of [floor, subject]) await round(one, WARM_S);
    const before = countRows(subject);
    const rounds: { readonly floor: Round; readonly subject: Round }[] = [];
    for (let at = 0; at < options.rounds; at++) {
      // Who begins changes, so that a machine that grows slower harms both alike.
      const [first, second] = at % 2 === 0 ? [floor, subject] : [subject, floor];
      const results = [await round(first, options.seconds), await round(second, options.seconds)] as const;
      const [ofFloor, ofSubject] = at % 2 === 0 ? results : ([results[1], results[0]] as const);
      rounds.push({ floor: ofFloor, subject: ofSubject });
    }
    return await report(what, { subject, rounds, before, bar, failAbove: options.failAbove });
  } finally {
    await Promise.all([subject.close(), floor.close(), backend.close()]);
  }
}

async function round(subject: Subject, seconds: number): Promise<Round> {
  const before = cpuMicros(subject.pid);
  const result = await runLoad({ ...subject.request, connections: 16, seconds });
  // What it does later for these calls, as writing the ledger, is part of their price.
  await sleep(500);
  return { ...result, micros: (cpuMicros(subject.pid) - before) / Math.max(1, result.answered) };
}

type Report = {
  readonly subject: Subject;
  readonly rounds: readonly { readonly floor: Round; readonly subject: Round }[];
  readonly before: number | undefined;
  readonly failAbove: number;
  readonly bar: string;
};

async function report(mode: string, { subject, rounds, before, failAbove, bar }: Report): Promise<Verdict[]> {
  const ratios = rounds.map(one => one.subject.micros / one.floor.micros);
  console.log(`\nCPU per tools/call, ${mode}, 16 connections, ${subject.name} against the floor`);
  printTable(
    ['round', 'floor us', 'subject us', 'ratio', 'floor /s', 'subject /s', 'p99 ms', 'errors'],
    rounds.map((one, at) => [
      String(at + 1),
      fixed(one.floor.micros, 1),
      fixed(one.subject.micros, 1),
      fixed(ratios[at] ?? 0),
      fixed(one.floor.perSecond, 0),
      fixed(one.subject.perSecond, 0),
      fixed(one.subject.p99),
      String(one.floor.errors + one.subject.errors),
    ]),
  );
  const errors = rounds.reduce((sum, one) => sum + one.floor.errors + one.subject.errors, 0);
  const firstError = rounds.flatMap(one => [one.subject.firstError ?? one.floor.firstError ?? []]).flat()[0];
  const verdicts: Verdict[] = [
    {
      what: `cpu ratio, ${mode}, median`,
      value: fixed(median(ratios)),
      bar,
      isMet: median(ratios) <= failAbove,
    },
    {
      what: `errors, ${mode}${firstError ? `: ${firstError}` : ''}`,
      value: String(errors),
      bar: '0',
      isMet: errors === 0,
    },
  ];
  const after = await rowsAfter(
    subject,
    before,
    rounds.reduce((sum, one) => sum + one.subject.answered, 0),
  );
  if (after !== undefined) verdicts.push(after);
  return verdicts;
}

/** Each call must have its row, once the ledger had time to write. */
async function rowsAfter(
  subject: Subject,
  before: number | undefined,
  calls: number,
): Promise<Verdict | undefined> {
  if (before === undefined) return undefined;
  let rows = 0;
  for (let tries = 0; tries < 20 && rows < calls; tries++) {
    await sleep(250);
    rows = (countRows(subject) ?? 0) - before;
  }
  return {
    what: 'ledger rows for calls',
    value: `${rows} for ${calls}`,
    bar: 'equal',
    isMet: rows === calls,
  };
}

function countRows(subject: Subject): number | undefined {
  if (subject.gateway === undefined) return undefined;
  const ledger = new DatabaseSync(join(subject.gateway.dataDir, 'ledger.db'), { readOnly: true });
  const row = ledger
    .prepare("select coalesce(sum(count), 0) as calls from activity where method = 'tools/call'")
    .get();
  ledger.close();
  return Number(row?.calls ?? 0);
}
