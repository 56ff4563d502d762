import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Secret, systemClock } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import type { Dump, Unreadable } from '../../store/index.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import type { Head } from './format.ts';
import { givenPassphrase, type PassphraseFlags } from './passphrase.ts';

type Flags = CommonFlags & PassphraseFlags & { readonly force?: boolean };

/** `restore`: the other end of `backup`. */
export function addRestore(program: Command, context: Context): void {
  withExamples(
    withData(
      program
        .command('restore <file>')
        .description('bring back what a backup holds; the gateway must not run'),
    )
      .option('--force', 'also where the data directory holds something: it is set aside, not removed')
      .option('--passphrase-stdin', 'read the passphrase of a backup with keys from standard input'),
    'authmcp-gateway restore gateway.backup --data-dir ./restored',
  ).action((file: string, flags: Flags) => restore(context, file, flags));
}

const FILES = [
  'gateway.db',
  'gateway.db-wal',
  'gateway.db-shm',
  'ledger.db',
  'ledger.db-wal',
  'ledger.db-shm',
];

/** A key alone, or what this very command made, does not count. */
function isUsed({ dataDir }: Config): boolean {
  return readdirSync(dataDir).some(name => name !== 'gateway.pid' && name !== 'keys');
}

async function refuseUsed(config: Config, { force }: Flags): Promise<void> {
  const { isPostgresEmpty } = await import('../../store/index.ts');
  if (force) return;
  if (isUsed(config))
    throw new Refusal(
      `${config.dataDirShown} is not empty. Restore into another folder (--data-dir), or add --force: what is there is set aside.`,
    );
  if (!(await isPostgresEmpty(config)))
    throw new Refusal(
      'The PostgreSQL holds a gateway already. Stop every gateway on it, then add --force to replace it: it cannot be brought back.',
    );
}

/** Moves the files aside, into a folder that is named; undefined where there were none. */
function setAside({ dataDir }: Config, names: readonly string[]): string | undefined {
  const there = readdirSync(dataDir);
  const found = names.filter(name => there.includes(name));
  if (found.length === 0) return undefined;
  const aside = join(dataDir, `before-restore-${systemClock.now()}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of found) renameSync(join(dataDir, name), join(aside, name));
  return aside;
}

type Loaded = { readonly unreadable: Unreadable; readonly aside: string | undefined };

/** The embedded database is filled beside the one that is there, and takes its place when it is whole. */
async function load(config: Config, master: Secret, dump: Dump): Promise<Loaded> {
  const { loadStore } = await import('../../store/index.ts');
  const { dataDir, databaseUrl, formerMaster } = config;
  const deps = { master, formerMaster };
  if (databaseUrl)
    return { unreadable: await loadStore({ ...deps, dataDir, databaseUrl }, dump), aside: undefined };
  const draft = join(dataDir, `.restore-${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  try {
    const unreadable = await loadStore({ ...deps, dataDir: draft }, dump);
    const aside = setAside(config, FILES);
    for (const name of ['gateway.db', 'ledger.db']) renameSync(join(draft, name), join(dataDir, name));
    return { unreadable, aside };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The one key that a backup can hold, at the one place where it belongs. */
function putKey({ dataDir, made }: Config, key: Secret): void {
  const path = join(dataDir, 'keys', 'master.key');
  if (!made.masterKey) renameSync(path, `${path}.before-restore-${systemClock.now()}`);
  writeFileSync(path, `${key.reveal()}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
}

/** What cannot be read with the key that is there, and what to do. */
function lossOf({ servers, signingKeys, accounts }: Unreadable, { dataDirShown }: Config): readonly string[] {
  if (servers.length + signingKeys + accounts === 0) return [];
  return [
    'What was sealed with another master key cannot be read:',
    ...servers.map(name => `  server ${name}: it is off; enter its credential again, and switch it on`),
    ...(accounts > 0 ? [`  ${accounts} accounts at servers: connect them again`] : []),
    ...(signingKeys > 0 ? ['  signing keys: new ones are made; people and clients sign in again'] : []),
    `With the former key: put it into ${dataDirShown}/keys/master.key (chmod 600), and restore again with --force.`,
  ];
}

async function restore(context: Context, file: string, flags: Flags): Promise<void> {
  const [{ loadConfig, lockDataDir, runningGateway }, { SCHEMA }, { checkWhole, partsOf, readHead }] =
    await Promise.all([
      import('../../config/index.ts'),
      import('../../store/index.ts'),
      import('./backup-file.ts'),
    ]);
  const head = await readHead(file, SCHEMA);
  const { rows } = await checkWhole(file);
  const key = await keyOf(head, flags, context);
  const config = loadConfig({ flags });
  if (key && config.settings['jwt.secretKey'] !== undefined)
    throw new Refusal(
      'JWT_SECRET_KEY would hide the key of the backup. Remove it from the environment first.',
    );
  const running = runningGateway(config.dataDir);
  if (running !== undefined)
    throw new Refusal(`A gateway runs on ${config.dataDirShown} (pid ${running.pid}). Stop it first.`);
  const lock = lockDataDir(config.dataDir, config.dataDirShown);
  try {
    await refuseUsed(config, flags);
    const dump = { schema: head.schema, parts: () => partsOf(file) };
    const { unreadable, aside } = await load(config, key ?? config.master, dump);
    if (key) putKey(config, key);
    const text = [
      `${rows} rows of ${new Date(head.createdAt).toISOString()} are restored.`,
      ...(aside === undefined ? [] : [`What was there is in ${aside}.`]),
      ...lossOf(unreadable, config),
      'Start it: authmcp-gateway start',
    ].join('\n');
    show(context, flags, { rows, with_keys: key !== undefined, set_aside: aside ?? null, unreadable }, text);
  } finally {
    lock.release();
  }
}

/** Before anything is touched: a wrong passphrase changes nothing. */
async function keyOf({ keys }: Head, flags: Flags, { terminal }: Context): Promise<Secret | undefined> {
  if (!keys) return undefined;
  const { openKeys } = await import('./sealed-keys.ts');
  return openKeys(keys, await givenPassphrase(flags, terminal, false));
}
