import type { Command } from 'commander';
import { printable } from '../../base/index.ts';
import type { SettingRow } from '../../config/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

export function addSettingsCommands(program: Command, context: Context): void {
  const settings = program
    .command('settings')
    .description('show what the gateway goes by and who decided it, and choose');
  withData(settings.command('list').description('every setting, its value and who decided it')).action(
    (flags: CommonFlags) => list(context, flags),
  );
  withData(settings.command('get <key>').description('one setting, its value alone')).action(
    (key: string, flags: CommonFlags) => get(context, key, flags),
  );
  withExamples(
    withData(
      settings
        .command('set <key> <value>')
        .description('choose a value; flag, environment and configuration file win over it'),
    ),
    'authmcp-gateway settings set passwordPolicy.minLength 12',
  ).action((key: string, value: string, flags: CommonFlags) => change(context, { key, value }, flags));
  withData(settings.command('unset <key>').description('forget what was chosen')).action(
    (key: string, flags: CommonFlags) => change(context, { key, value: null }, flags),
  );
}

const textOf = (value: unknown) => (Array.isArray(value) ? value.join(',') : String(value ?? ''));

async function describe({ config }: Offline) {
  const { appliesWhen, settingRows } = await import('../../config/index.ts');
  return settingRows.map(row => {
    const source = config.sourceOf(row.key);
    const by = 'name' in source ? source.name : 'by' in source ? source.by : 'at' in source ? source.at : '';
    const value: unknown = config.settings[row.key];
    return {
      key: row.key,
      value: row.isSecret ? (value === undefined ? undefined : '(secret)') : value,
      from: source.from,
      by,
      applies: appliesWhen(row),
    };
  });
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const all = await describe(offline);
    const rows = all.map(one => [one.key, textOf(one.value), one.from, one.by, one.applies]);
    show(context, flags, all, renderTable(['KEY', 'VALUE', 'FROM', 'BY', 'APPLIES'], rows));
  });
}

async function get(context: Context, key: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async offline => {
    const found = (await describe(offline)).find(one => one.key === key);
    if (!found)
      throw new Refusal(`There is no setting ${printable(key)}. See: authmcp-gateway settings list`);
    show(context, flags, found, printable(textOf(found.value)));
  });
}

type Given = { readonly key: string; readonly value: string | null };

function outcomeOf(row: SettingRow, after: unknown, isLive: boolean): string {
  const when = isLive ? '' : ' It counts from the next start on.';
  return after === undefined
    ? `${row.key} is as it was before it was chosen.${when}`
    : `${row.key} is ${printable(textOf(after))} now.${when}`;
}

async function change(context: Context, { key, value }: Given, flags: CommonFlags): Promise<void> {
  const { appliesWhen, planSettings, readStored } = await import('../../config/index.ts');
  await withStore(flags, async ({ config, store, now, actor, audit }) => {
    const stored = readStored(await store.settings.list());
    const plan = planSettings(config, [{ path: key, value }], stored);
    if (!('changes' in plan)) throw new Refusal(`${plan.field}: ${plan.says}.`);
    const [planned] = plan.changes;
    if (!planned) throw new Refusal(`${printable(key)} is so already. Nothing was changed.`);
    const { row, before, after } = planned;
    const kept = after === undefined ? undefined : JSON.stringify(after);
    await store.settings.change([{ key: row.key, value: kept }], actor, now);
    await audit({
      action: 'settings.change',
      target: row.key,
      before: { [row.key]: before ?? null },
      after: { [row.key]: after ?? null },
    });
    const text = outcomeOf(row, after, appliesWhen(row) === 'live');
    show(context, flags, { key: row.key, before: before ?? null, after: after ?? null }, text);
  });
}
