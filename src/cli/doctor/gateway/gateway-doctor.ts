import { rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../../base/index.ts';
import type { Config } from '../../../config/index.ts';
import { withStore } from '../../offline.ts';
import { type CommonFlags, type Context, show } from '../../options.ts';
import { Refusal } from '../../refusal.ts';
import { clockCheck, originCheck } from './address-checks.ts';
import {
  broken,
  type ConfigCheck,
  type Finding,
  HEADINGS,
  type Line,
  ok,
  type StoreCheck,
  skipped,
} from './check.ts';
import { placeChecks } from './place-checks.ts';
import { secretCheck, storeChecks } from './store-checks.ts';

const CONFIG: readonly ConfigCheck[] = [...placeChecks, originCheck];
const STORE: readonly StoreCheck[] = [...storeChecks, clockCheck];
const START = HEADINGS[0];

async function look(
  row: ConfigCheck | StoreCheck,
  work: () => Promise<readonly Finding[]> | readonly Finding[],
) {
  const { heading, name } = row;
  const found = await Promise.resolve(work()).catch((error: Error) => [
    broken(`it could not be looked at: ${error.message}`, 'see the line above it'),
  ]);
  return found.map((finding): Line => ({ heading, name, ...finding }));
}

const skipAll = (rows: readonly (ConfigCheck | StoreCheck)[], says: string): readonly Line[] =>
  rows.map(({ heading, name }) => ({ heading, name, ...skipped(says) }));

/** Looking makes nothing: a folder and key that reading the configuration made go again. */
function undo({ made, dataDir }: Config): void {
  if (made.masterKey) rmSync(join(dataDir, 'keys', 'master.key'), { force: true });
  for (const path of [...(made.masterKey ? [join(dataDir, 'keys')] : []), ...(made.dataDir ? [dataDir] : [])])
    try {
      rmdirSync(path);
    } catch {
      // Somebody put something there meanwhile.
    }
}

async function storeLines(flags: CommonFlags): Promise<readonly Line[]> {
  return withStore(flags, async offline => {
    const secrets = await look(secretCheck, () => secretCheck.look(offline));
    if (secrets.some(({ mark }) => mark === 'BROKEN'))
      return [...secrets, ...skipAll(STORE, 'secrets do not open')];
    const rest: Line[] = [];
    for (const row of STORE) rest.push(...(await look(row, () => row.look(offline))));
    return [...secrets, ...rest];
  });
}

async function linesOf(flags: CommonFlags): Promise<readonly Line[]> {
  const { loadConfig } = await import('../../../config/index.ts');
  const row = { heading: START, name: 'configuration' };
  let config: Config;
  try {
    config = loadConfig({ flags });
  } catch (error) {
    const finding = broken((error as Error).message, 'correct it as it says, and look again');
    return [
      { ...row, ...finding },
      ...skipAll([...CONFIG, secretCheck, ...STORE], 'the configuration cannot be read'),
    ];
  }
  try {
    const shown = config.hasConfigFile ? config.configFileShown : 'no file; the defaults';
    const lines: Line[] = [{ ...row, ...ok(shown) }];
    for (const one of CONFIG) lines.push(...(await look(one, () => one.look(config))));
    const database = lines.find(({ name }) => name === 'database');
    const isUsable = database?.mark === 'ok';
    return [
      ...lines,
      ...(isUsable
        ? await storeLines(flags)
        : skipAll([secretCheck, ...STORE], 'the database cannot be looked into yet')),
    ];
  } finally {
    undo(config);
  }
}

function render(lines: readonly Line[]): string {
  return HEADINGS.flatMap(heading => [
    heading.replaceAll('`', ''),
    ...lines
      .filter(line => line.heading === heading)
      .flatMap(({ mark, name, says, todo }) => [
        `  ${mark.padEnd(7)}  ${name.padEnd(14)}  ${printable(says)}`,
        ...(todo === undefined ? [] : [`${' '.repeat(27)}do: ${printable(todo)}`]),
      ]),
  ]).join('\n');
}

/** Looks at the gateway of this machine as the README's "Troubleshooting" does. Exit code 1 where something is broken. */
export async function examineGateway(context: Context, flags: CommonFlags): Promise<void> {
  const lines = await linesOf(flags);
  const broken = lines.filter(({ mark }) => mark === 'BROKEN');
  show(context, flags, { ok: broken.length === 0, checks: lines }, render(lines));
  if (broken.length === 0) return;
  const names = [...new Set(broken.map(({ name }) => name))];
  throw new Refusal(`Broken: ${names.join(', ')}.`);
}
