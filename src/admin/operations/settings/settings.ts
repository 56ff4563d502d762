import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import {
  appliesWhen,
  flattenSettings,
  planSettings,
  type SettingChange,
  settingRows,
} from '../../../config/index.ts';
import { demand } from '../../api/access.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import { describeFormer, describeSettings, settingShown } from './shown.ts';

const PATH = '/admin/api/settings';

/** A record of zod would leave out a key called `__proto__`, which is to be refused like any other. */
const document = z
  .custom<object>(
    value => typeof value === 'object' && value !== null && !Array.isArray(value),
    'is no object',
  )
  .meta({
    type: 'object',
    properties: Object.fromEntries(
      settingRows
        .filter(({ isOutside }) => !isOutside)
        .map(({ key, about, kind }) => [key, { description: `${about} It takes ${kind.expects}, or null.` }]),
    ),
  });

const outcome = z.object({
  success: z.literal(true),
  changed: z.array(z.string()),
  /** Of those, what counts from the next start on. */
  needs_restart: z.array(z.string()),
});

function planned(kit: ApiKit, document: object): readonly SettingChange[] {
  const plan = planSettings(kit.configNow(), flattenSettings(document), kit.live.current().settings);
  if ('changes' in plan) return plan.changes;
  if (plan.kind === 'wrong') throw wrong(plan.field, plan.says);
  throw new Fault('conflict', { says: `${plan.field}: ${plan.says}`, data: { field: plan.field } });
}

const valuesOf = (changes: readonly SettingChange[], side: 'before' | 'after') =>
  Object.fromEntries(changes.map(change => [change.row.key, change[side] ?? null]));

async function change(kit: ApiKit, asked: Asker, document: object): Promise<z.output<typeof outcome>> {
  const changes = planned(kit, document);
  if (changes.some(({ row }) => row.isSecurity)) demand(asked.actor, 'person', kit);
  if (changes.length > 0) {
    const values = changes.map(({ row, after }) => ({
      key: row.key,
      value: after === undefined ? undefined : JSON.stringify(after),
    }));
    await kit.store.settings.change(values, asked.actor.name, kit.clock.now());
    await audit(kit, asked, {
      action: 'settings.change',
      target: changes.map(({ row }) => row.key).join(' '),
      before: valuesOf(changes, 'before'),
      after: valuesOf(changes, 'after'),
    });
  }
  const changed = changes.map(({ row }) => row.key);
  const later = changes.filter(({ row }) => appliesWhen(row) === 'restart').map(({ row }) => row.key);
  return { success: true, changed, needs_restart: later };
}

/** Secrets are set outside: nobody says here how they were. */
const shownFields = (kit: ApiKit) =>
  Object.fromEntries(
    describeSettings(kit)
      .filter(one => !one.is_secret)
      .map(({ key, value }) => [key, value]),
  );

const SUMMARY =
  'Choose settings: keys nested or dotted, or as version 1 spelt them; what is not named stays, null takes back what was chosen';

/** What the gateway goes by. */
export const settingsOperations = [
  operation({
    id: 'settings.list',
    method: 'get',
    path: PATH,
    summary: 'Every setting with its value and who decided it, and the document of version 1',
    access: 'read',
    answer: z.looseObject({ settings: z.array(settingShown) }),
    handle: async kit => ({ ...describeFormer(kit), settings: describeSettings(kit) }),
  }),
  ...(['put', 'patch'] as const).map(method =>
    operation({
      id: method === 'put' ? 'settings.replace' : 'settings.update',
      method,
      path: PATH,
      summary: SUMMARY,
      access: 'change',
      body: document,
      answer: outcome,
      now: kit => ({ fields: shownFields(kit), action: 'settings.change', names: [] }),
      turn: () => 'settings',
      handle: (kit, asked) => change(kit, asked, asked.body),
    }),
  ),
];
