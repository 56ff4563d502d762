import { z } from 'zod';
import { Fault } from '../../../base/index.ts';
import type { Rule } from '../../../policy/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { effectKey, effectOf, type PersonChange, sayEffect } from '../../grants/effect.ts';
import { isOwn } from '../../grants/rules.ts';
import { directoryOf } from './directory.ts';
import { draft, wantedOf } from './grants.ts';

const MOST = 200;
const SHOWN = 100;
const names = z.array(z.string());

const change = z.object({
  id: z.string(),
  username: z.string(),
  /** Each as its server and its own name; the first hundred. */
  gains: names,
  loses: names,
  gains_count: z.number(),
  loses_count: z.number(),
  gains_servers: names,
  loses_servers: names,
});

function show({ id, username, gains, loses, gainsServers, losesServers }: PersonChange) {
  return {
    ...{ id, username, gains: gains.slice(0, SHOWN), loses: loses.slice(0, SHOWN) },
    ...{ gains_count: gains.length, loses_count: loses.length },
    ...{ gains_servers: [...gainsServers], loses_servers: [...losesServers] },
  };
}

/** Those of the store go; what the configuration file says stays. */
function keptRules({ live }: ApiKit, removed: readonly string[]): readonly Rule[] {
  const { rules } = live.current().policy;
  for (const id of removed)
    if (!rules.some(rule => rule.id === id && isOwn(rule)))
      throw new Fault('not_found', { says: 'There is no such rule' });
  return rules.filter(({ id }) => !removed.includes(id));
}

type Draft = { readonly add: readonly z.output<typeof draft>[]; readonly remove: readonly string[] };

/** Whom a draft would give and take what, by the rules that there are now. Fault `not_found` of one that is gone. */
export async function effectOfDraft(kit: ApiKit, { add, remove }: Draft): Promise<readonly PersonChange[]> {
  const directory = await directoryOf(kit);
  const added = add.map((one, at): Rule => {
    const { note, ...wanted } = wantedOf(kit, one, directory);
    return { ...wanted, id: `draft:${at}`, note, createdAt: 0, createdBy: 'draft' };
  });
  return effectOf(kit.live.current(), kit.catalogue, [...keptRules(kit, remove), ...added]);
}

/** What a draft of rules would do, before anybody saves it: decided by the policy itself. */
export const previewOperation = operation({
  id: 'grants.preview',
  method: 'post',
  path: '/admin/api/grants/preview',
  summary: 'Who would gain and lose which tools by rules that are not there yet; nothing is changed',
  access: 'read',
  body: z.strictObject({
    add: z.array(draft).max(MOST).default([]),
    remove: z.array(z.string().max(256)).max(MOST).default([]),
  }),
  /** `effect`: what `was` of a saved draft names, so that nothing else is saved than what was shown. */
  answer: z.object({ says: z.string(), effect: z.string(), people: z.array(change) }),
  handle: async (kit, { body }) => {
    const changes = await effectOfDraft(kit, body);
    return { says: sayEffect(changes), effect: effectKey(changes), people: changes.map(show) };
  },
});
