import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import type { RulesRefused } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import { operation } from '../../api/operation.ts';
import { effectKey, sayEffect } from '../../grants/effect.ts';
import { directoryOf } from './directory.ts';
import { demandFor, draft, findOwn, ruleShown, same, showRule, wantedOf } from './grants.ts';
import { effectOfDraft } from './preview.ts';

const MOST = 200;

function refusalOf({ kind, of }: RulesRefused): Fault {
  if (kind === 'taken') return same();
  const says =
    of === 'remove'
      ? 'A rule of the draft is gone already'
      : 'Somebody whom the draft is about is not there any more';
  return new Fault('conflict', { says });
}

/** A draft of rules becomes so, as a whole. */
export const savingOperation = operation({
  id: 'grants.save',
  method: 'post',
  path: '/admin/api/grants/draft',
  summary: 'Take rules away and add others, all of it or, where something of it cannot be done, nothing',
  access: 'rule',
  body: z.strictObject({
    add: z.array(draft).max(MOST).default([]),
    remove: z.array(z.string().max(256)).max(MOST).default([]),
  }),
  answer: z.object({ added: z.array(ruleShown), removed: z.array(z.string()) }),
  // Between the look at what it would do and the yes to it, somebody else may have changed rules.
  now: async (kit, { body }) => {
    const changes = await effectOfDraft(kit, body);
    const says = `effect: the draft would do something else by now than was shown: ${sayEffect(changes)} Nothing was saved.`;
    return { fields: { effect: effectKey(changes) }, action: undefined, names: [], says };
  },
  turn: () => 'rules',
  handle: async (kit, asked) => {
    const directory = await directoryOf(kit);
    const add = asked.body.add.map(one => ({
      ...wantedOf(kit, one, directory),
      createdBy: asked.actor.name,
    }));
    const gone = asked.body.remove.map(id => findOwn(kit, id));
    for (const { subject } of [...add, ...gone]) await demandFor(asked, subject, kit);
    const remove = gone.map(({ id }) => id);
    const saved = await kit.store.access.saveRules({ add, remove }, kit.clock.now());
    if (saved.kind !== 'saved') throw refusalOf(saved);
    for (const rule of saved.removed) {
      const before = showRule(rule, directory);
      await audit(kit, asked, { action: 'grant.remove', target: before.subject, before });
    }
    const added = saved.added.map(rule => showRule(rule, directory));
    for (const after of added) await audit(kit, asked, { action: 'grant.add', target: after.subject, after });
    return { added, removed: remove };
  },
});
