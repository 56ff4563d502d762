import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import type { Limit, LimitSubject } from '../../store/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';
import { directoryOf } from './directory.ts';

type SetFlags = CommonFlags & {
  readonly requests?: string;
  readonly concurrent?: string;
  readonly bytesIn?: string;
  readonly bytesOut?: string;
  readonly window?: string;
};

/** What can be limited: the flag, the column, and the most that is taken. */
const AMOUNTS = [
  { flag: 'requests', most: 1_000_000_000, about: 'requests per window' },
  { flag: 'concurrent', most: 100_000, about: 'calls at once' },
  { flag: 'bytesIn', most: 2 ** 50, about: 'bytes of requests per window' },
  { flag: 'bytesOut', most: 2 ** 50, about: 'bytes of answers per window' },
] as const;

const optionOf = (flag: string) => `--${flag.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;

export function addLimitCommands(program: Command, context: Context): void {
  const limit = program
    .command('limit')
    .description(
      'say how much a person, client, API key or server may use, where that differs from the settings',
    );
  const set = withData(
    limit.command('set <who>').description('limit somebody; what is not named is not limited'),
  );
  for (const { flag, about } of AMOUNTS) set.option(`${optionOf(flag)} <count>`, about);
  withExamples(
    set
      .option('--window <seconds>', 'the window; 60 unless said')
      .addHelpText('after', '\nwho: a user, client:ID, key:ID or server:NAME.'),
    'authmcp-gateway limit set alice --requests 600 --concurrent 8',
    'authmcp-gateway limit set server:github --bytes-out 100000000 --window 3600',
  ).action((who: string, flags: SetFlags) => setLimit(context, who, flags));
  withData(limit.command('list').description('list limits')).action((flags: CommonFlags) =>
    list(context, flags),
  );
  withData(limit.command('unset <who>').description('back to what the settings say')).action(
    (who: string, flags: CommonFlags) => unset(context, who, flags),
  );
}

function readCount(flag: string, text: string | undefined, most: number, least = 0): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new Refusal(`${optionOf(flag)} is a whole number from ${least} to ${most}.`);
}

async function subjectNamed(offline: Offline, who: string): Promise<LimitSubject> {
  const { readLimitSubject } = await import('../../admin/index.ts');
  const names = new Set<string>((await offline.servers()).map(one => one.name));
  const read = readLimitSubject(who, await directoryOf(offline.store), name => names.has(name));
  if (read.kind === 'found') return read.subject;
  throw new Refusal(`${read.says.slice(0, 1).toUpperCase()}${read.says.slice(1)}.`);
}

const amountsOf = (limit: Limit) => ({
  requests: limit.requests ?? null,
  concurrent: limit.concurrent ?? null,
  bytes_in: limit.bytesIn ?? null,
  bytes_out: limit.bytesOut ?? null,
  window: limit.windowS ?? null,
});

async function setLimit(context: Context, who: string, flags: SetFlags): Promise<void> {
  const [requests, concurrent, bytesIn, bytesOut] = AMOUNTS.map(({ flag, most }) =>
    readCount(flag, flags[flag], most),
  );
  const windowS = readCount('window', flags.window, 86_400, 1);
  const given = { requests, concurrent, bytesIn, bytesOut };
  if (Object.values(given).every(one => one === undefined))
    throw new Refusal(`Say at least one of ${AMOUNTS.map(({ flag }) => optionOf(flag)).join(', ')}.`);
  await withStore(flags, async offline => {
    const { showLimitSubject } = await import('../../admin/index.ts');
    const { store, now, actor } = offline;
    const subject = await subjectNamed(offline, who);
    const limit: Limit = { subject, ...given, windowS, changedAt: now, changedBy: actor };
    if ((await store.access.putLimit(limit)) === 'unknown') throw new Refusal(`There is no ${who}.`);
    const shown = showLimitSubject(subject, await directoryOf(store));
    await offline.audit({ action: 'limit.set', target: shown, after: amountsOf(limit) });
    show(context, flags, { subject: shown, ...amountsOf(limit) }, `limit of ${shown} set`);
  });
}

async function unset(context: Context, who: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const { readFormerClient, showLimitSubject } = await import('../../admin/index.ts');
    const subject = readFormerClient(who) ?? (await subjectNamed(offline, who));
    const shown = showLimitSubject(subject, await directoryOf(offline.store));
    if (!(await offline.store.access.deleteLimit(subject)))
      throw new Refusal(`There is no limit of ${printable(shown)}.`);
    await offline.audit({ action: 'limit.unset', target: shown });
    show(context, flags, { subject: shown, removed: true }, `limit of ${shown} removed`);
  });
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store }) => {
    const { showLimitSubject } = await import('../../admin/index.ts');
    const directory = await directoryOf(store);
    const all = (await store.access.listLimits()).map(limit => ({
      subject: showLimitSubject(limit.subject, directory),
      ...amountsOf(limit),
    }));
    const rows = all.map(({ subject, ...amounts }) => [
      subject,
      ...Object.values(amounts).map(one => (one === null ? '-' : String(one))),
    ]);
    const head = ['WHO', 'REQUESTS', 'AT ONCE', 'BYTES IN', 'BYTES OUT', 'WINDOW'];
    show(context, flags, all, renderTable(head, rows));
  });
}
