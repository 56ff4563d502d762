import { Argument, type Command, Option } from 'commander';
import type { Shown } from '../../ledger/index.ts';
import type { Found, LedgerStore, Paged } from '../../store/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, withData, withExamples } from '../options.ts';
import { readSpan, withSpanOf } from './span.ts';

type Flags = CommonFlags & {
  readonly format: 'csv' | 'jsonl';
  readonly since?: string;
  readonly until?: string;
};

const PAGE = 1_000;

const PAGES = {
  activity: (store: LedgerStore, asked: Paged) => store.activity(asked),
  events: (store: LedgerStore, asked: Paged) => store.events(asked),
  'audit-log': (store: LedgerStore, asked: Paged) => store.audit(asked),
  'auth-log': (store: LedgerStore, asked: Paged) => store.signIns(asked),
} as const;

type Name = keyof typeof PAGES;

/** `export`: a part of the ledger as a file, on standard output. */
export function addExport(program: Command, context: Context): void {
  const names = Object.keys(PAGES);
  withExamples(
    withSpanOf(
      withData(program.command('export').description('print a part of the ledger as CSV or JSON lines')),
    )
      .addArgument(new Argument('<what>').choices(names))
      .addOption(new Option('--format <format>').choices(['csv', 'jsonl']).default('jsonl')),
    'authmcp-gateway export activity --since 7d --format csv > activity.csv',
    'authmcp-gateway export audit-log > audit.jsonl',
  ).action((what: Name, flags: Flags) => withStore(flags, offline => print(context, what, flags, offline)));
}

async function print({ terminal }: Context, what: Name, flags: Flags, offline: Offline): Promise<void> {
  const { exported, FORMATS, showAudit, showEntry, showEvent, showSignIn } = await import(
    '../../ledger/index.ts'
  );
  const shows = { activity: showEntry, events: showEvent, 'audit-log': showAudit, 'auth-log': showSignIn };
  const span = readSpan(flags, offline.now);
  const page = (before: string | undefined) =>
    PAGES[what](offline.store.ledger, { ...span, before, limit: PAGE }) as Promise<Found<never>>;
  const show = shows[what] as (row: never) => Shown;
  for await (const text of exported(page, show, FORMATS[flags.format]))
    terminal.out(text.replace(/\r?\n$/, ''));
}
