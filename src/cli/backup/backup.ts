import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { packageVersion } from '../version.ts';
import { givenPassphrase, type PassphraseFlags } from './passphrase.ts';

type Flags = CommonFlags & PassphraseFlags & { readonly withKeys?: boolean };

const WITHOUT =
  'It holds no key: secrets that are sealed (credentials of servers, tokens of accounts, signing keys) cannot be opened from it. Keep keys/master.key, or use --with-keys.';
const WITH = 'It holds the master key, sealed by the passphrase: whoever has both can open every secret.';

/** `backup`: one file, also while the gateway runs. */
export function addBackup(program: Command, context: Context): void {
  withExamples(
    withData(
      program.command('backup <file>').description('write everything into one file, while the gateway runs'),
    )
      .option('--with-keys', 'with the master key, sealed by a passphrase')
      .option('--passphrase-stdin', 'read the passphrase from standard input'),
    'authmcp-gateway backup gateway.backup',
    'authmcp-gateway backup gateway.backup --with-keys',
  ).action((file: string, flags: Flags) => backup(context, file, flags));
}

function refuseKeyOfEnvironment({ settings }: Config): void {
  if (settings['jwt.secretKey'] !== undefined)
    throw new Refusal(
      'The master key is JWT_SECRET_KEY, not a file: keep that value yourself, and back up without --with-keys.',
    );
}

async function backup(context: Context, file: string, flags: Flags): Promise<void> {
  const [{ loadConfig }, { dumpStore, SCHEMA }, { BackupWriter }, { sealKeys }, { FORMAT, VERSION }] =
    await Promise.all([
      import('../../config/index.ts'),
      import('../../store/index.ts'),
      import('./backup-file.ts'),
      import('./sealed-keys.ts'),
      import('./format.ts'),
    ]);
  const path = resolve(file);
  if (existsSync(path)) throw new Refusal(`${file} exists already. Choose another name, or remove it.`);
  const config = loadConfig({ flags });
  const { dataDir, databaseUrl, master, made, dataDirShown } = config;
  if (made.dataDir) throw new Refusal(`${dataDirShown} holds no gateway. Use --data-dir with its folder.`);
  if (flags.withKeys) refuseKeyOfEnvironment(config);
  const passphrase = flags.withKeys ? await givenPassphrase(flags, context.terminal, true) : undefined;
  const writer = await BackupWriter.create(path, {
    ...{ format: FORMAT, version: VERSION, gateway: packageVersion(), createdAt: systemClock.now() },
    dialect: databaseUrl ? 'postgres' : 'sqlite',
    schema: [...SCHEMA],
    keys: passphrase ? await sealKeys(master, passphrase) : null,
  }).catch(error => {
    throw new Refusal(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  });
  try {
    await dumpStore({ dataDir, databaseUrl, master }, part => writer.add(part));
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  const withKeys = passphrase !== undefined;
  const text = `${writer.rows} rows are in ${file}. ${withKeys ? WITH : WITHOUT}`;
  show(context, flags, { file: path, rows: writer.rows, with_keys: withKeys }, text);
}
