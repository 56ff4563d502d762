import { z } from 'zod';
import { toFault } from '../../../base/index.ts';
import { demand } from '../../api/access.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import { type Pasted, readPasted } from '../../servers/pasted.ts';
import { serverShown, showServer } from '../../servers/shown.ts';
import { checkFree, type Drafted, draftPasted, keepNew, readPastedDraft } from './change-server.ts';
import { SERVERS } from './servers.ts';

const MOST = 100;

const refused = z.object({ name: z.string(), field: z.string().nullable(), message: z.string() });
const outcome = z.object({
  added: z.array(serverShown),
  refused: z.array(refused),
  warnings: z.array(z.string()),
});

type Outcome = z.input<typeof outcome>;

/** Reads one and keeps nothing: no name is looked up and nothing is asked or started. */
function look(kit: ApiKit, asker: Asker, { name, fields }: Pasted): Drafted {
  const drafted = readPastedDraft(kit, asker, name, fields);
  checkFree(kit, drafted.entry);
  return drafted;
}

async function keep(kit: ApiKit, asker: Asker, { name, fields }: Pasted): Promise<Drafted> {
  const drafted = await draftPasted(kit, asker, name, fields);
  await keepNew(kit, asker, drafted);
  await kit.live.refresh();
  return drafted;
}

async function takeOne(kit: ApiKit, asker: Asker, pasted: Pasted, isKept: boolean): Promise<Outcome> {
  const { name } = pasted;
  try {
    const drafted = await (isKept ? keep : look)(kit, asker, pasted);
    return { added: [showServer(kit, drafted.entry)], refused: [], warnings: [...drafted.warnings] };
  } catch (thrown) {
    const { fault, message, data } = toFault(thrown);
    if (fault === 'internal') throw thrown;
    const field = typeof data?.field === 'string' ? data.field : null;
    return { added: [], refused: [{ name, field, message }], warnings: [] };
  }
}

/** Takes over what a client has: each server that can be taken is, the others are named with the reason. */
export const importOperation = operation({
  id: 'servers.import',
  method: 'post',
  path: `${SERVERS}/import`,
  summary:
    'Add the servers of a pasted text: a URL, a command, or a client’s configuration (JSON, TOML, or a `claude mcp add` line)',
  // What it would come to may be read while it is typed; adding it is the act that needs the password.
  access: 'change',
  body: z.strictObject({
    text: z.string().min(1).max(200_000),
    /** Only say what would come of it: no name is looked up, and nothing is asked or started. */
    preview: z.boolean().default(false),
    /** Instead of the name that was found, where the text holds one server. */
    name: z.string().min(1).max(64).optional(),
  }),
  answer: outcome,
  handle: async (kit, asked) => {
    const { text, preview, name } = asked.body;
    if (!preview) demand(asked.actor, 'rule', kit);
    const found = readPasted(text);
    if (name !== undefined && found.length > 1)
      throw wrong('name', 'is for one server, and the text holds several');
    const pasted = name === undefined ? found : found.map(one => ({ ...one, name }));
    if (pasted.length > MOST) throw wrong('text', `holds more than ${MOST} servers`);
    const all: Outcome = { added: [], refused: [], warnings: [] };
    // One after the other: of two that would have one name the first has it.
    for (const one of pasted) {
      const { added, refused: not, warnings } = await takeOne(kit, asked, one, !preview);
      all.added.push(...added);
      all.refused.push(...not);
      all.warnings.push(...warnings);
    }
    return all;
  },
});
