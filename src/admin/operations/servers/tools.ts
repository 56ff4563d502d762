import { z } from 'zod';
import type { ServerName } from '../../../base/index.ts';
import { itemOf, type Offer } from '../../../catalogue/index.ts';
import type { ServerEntry } from '../../../mcp/index.ts';
import { type Because, TIERS } from '../../../policy/index.ts';
import { demand } from '../../api/access.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import { sayReason } from '../../grants/rules.ts';
import { describeSwitches } from '../../servers/switches.ts';
import { directoryOf } from '../access/directory.ts';
import { findServer } from './change-server.ts';
import { byId, SERVERS } from './servers.ts';

const PATH = `${SERVERS}/:id/tools`;
const MOST = 1000;

/** No database keeps a zero byte or half a character. */
const toolName = z
  .string()
  .min(1)
  .max(1024)
  .refine(text => !text.includes('\0') && text.isWellFormed(), 'is no name of a tool');

const newTools = z.enum(['on', 'review', 'off']);

const tool = z.object({
  name: z.string(),
  /** Its name on /mcp; null for one that the server does not list. */
  exposed: z.string().nullable(),
  definition: z.unknown(),
  tier: z.enum(TIERS),
  state: z.enum(['on', 'off', 'awaits review']),
  /** A sentence; null where nobody switched anything. */
  why: z.string().nullable(),
  /** What in its definition is not to be trusted, and where; texts are safe to print. */
  suspicious: z.array(
    z.object({
      reason: z.string(),
      kind: z.string(),
      place: z.string(),
      at: z.number(),
      excerpt: z.string(),
    }),
  ),
});

const policy = z.object({
  server: z.string(),
  new_tools: newTools,
  seen_at: z.number().nullable(),
  seen_by: z.string().nullable(),
  tools: z.array(tool),
  /** What else of the server nobody is shown. */
  withheld: z.object({ prompts: z.array(z.string()), instructions: z.boolean() }),
});

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As pairs: a tool may be called `__proto__`, which no record of zod keeps. */
const switches = z
  .custom<object>(isMap, 'is a map of tools to true, false or null')
  .meta({ type: 'object', additionalProperties: { type: ['boolean', 'null'] } })
  .transform(map => Object.entries(map))
  .pipe(z.array(z.tuple([toolName, z.boolean().nullable()])).max(MOST));

const promptSwitches = z
  .custom<object>(isMap, 'is a map of prompts to true or false')
  .meta({ type: 'object', additionalProperties: { type: 'boolean' } })
  .transform(map => Object.entries(map))
  .pipe(z.array(z.tuple([toolName, z.boolean()])).max(MOST));

const patch = z.strictObject({
  switches: switches.optional(),
  /** `false`: nobody is shown the prompt. */
  prompts: promptSwitches.optional(),
  /** `false`: nobody is told what the server says of itself. */
  instructions: z.boolean().optional(),
  new_tools: newTools.optional(),
  /** Somebody has looked through the tools. */
  seen: z.literal(true).optional(),
});

type Patch = z.output<typeof patch>;

const STATE: Readonly<Partial<Record<Because['kind'], z.input<typeof tool>['state']>>> = {
  'awaits review': 'awaits review',
};

/** One that the server does not list, but somebody switched, stands here as well. */
function namesOf(listed: Offer['lists']['tools'], switched: readonly string[]): readonly string[] {
  return [...new Set([...listed.map(({ key }) => key), ...switched])];
}

async function toolsOf(kit: ApiKit, entry: ServerEntry): Promise<z.input<typeof tool>[]> {
  const listed = kit.catalogue.offeredAt(entry)?.lists.tools ?? [];
  const byName = new Map(listed.map(one => [one.key, one]));
  const { tools: switched } = await describeSwitches(kit.store, entry.name);
  const directory = await directoryOf(kit);
  const suspicions = kit.catalogue.suspicionsAt(entry);
  return namesOf(listed, Object.keys(switched)).map(name => {
    const found = byName.get(name);
    const item = itemOf('tool', name, found?.traits);
    const off = kit.live.current().policy.whyOff(entry.name, item);
    return {
      name,
      exposed: found ? (kit.catalogue.names.exposed(entry, 'tool', name) ?? null) : null,
      definition: found ? JSON.parse(found.bytes.toString('utf8')) : null,
      tier: item.tier,
      state: off ? (STATE[off.kind] ?? 'off') : 'on',
      why: off ? sayReason(off, directory) : null,
      suspicious: [...(suspicions.get(name) ?? [])],
    };
  });
}

/** What switches something off can wait for no password; what may switch it on can. */
function mayOpen({ switches = [], prompts = [], instructions, new_tools, seen }: Patch): boolean {
  if (seen === true || instructions === true || new_tools !== undefined) return true;
  return [...switches, ...prompts].some(([, isOn]) => isOn !== false);
}

function saysNothing({ switches = [], prompts = [], ...rest }: Patch): boolean {
  const { instructions, new_tools, seen } = rest;
  return switches.length + prompts.length === 0 && !seen && (instructions ?? new_tools) === undefined;
}

async function apply({ store, clock }: ApiKit, { actor }: Asker, server: ServerName, wanted: Patch) {
  const doing = { at: clock.now(), by: actor.name };
  const { access } = store;
  if (wanted.new_tools !== undefined) await access.setNewTools(server, wanted.new_tools);
  if (wanted.seen) await access.markSeen(server, doing);
  for (const [name, isOn] of wanted.switches ?? [])
    await access.switchTool({ server, name }, isOn ?? undefined, doing);
  for (const [name, isOn] of wanted.prompts ?? [])
    await access.withhold({ server, kind: 'prompt', name }, !isOn, doing);
  if (wanted.instructions !== undefined)
    await access.withhold({ server, kind: 'instructions' }, !wanted.instructions, doing);
}

/** Which tools of a server are on, for everybody; of servers of the configuration file as well. */
export const toolOperations = [
  operation({
    id: 'servers.tools',
    method: 'get',
    path: PATH,
    summary:
      'The tools of a server as it defines them (to any account, where people have own ones), their names on /mcp, and whether each is on',
    access: 'read',
    params: byId,
    answer: z.array(tool),
    handle: async (kit, { params }) => toolsOf(kit, findServer(kit, params.id)),
  }),
  operation({
    id: 'servers.withheld',
    method: 'get',
    path: `${SERVERS}/:id/withheld`,
    summary: 'What a server offers or says that nobody is shown: prompts, and its instructions',
    access: 'read',
    params: byId,
    answer: z.object({
      prompts: z.array(z.string()),
      /** What the server says of itself; null where everybody is told, or where it says nothing. */
      instructions: z.string().nullable(),
    }),
    handle: async (kit, { params }) => {
      const entry = findServer(kit, params.id);
      const { withheld } = await describeSwitches(kit.store, entry.name);
      const said = kit.catalogue.offeredAt(entry)?.hello?.instructions;
      return { prompts: withheld.prompts, instructions: withheld.instructions ? (said ?? '') : null };
    },
  }),
  operation({
    id: 'servers.switch-tools',
    method: 'patch',
    path: PATH,
    summary:
      'Switch tools on (true) and off (false) for everybody, or leave them to `new_tools` (null), say that the list was seen, and withhold prompts and instructions or give them back',
    access: 'change',
    params: byId,
    body: patch,
    answer: policy,
    handle: async (kit, asked) => {
      const { body } = asked;
      const { name } = findServer(kit, asked.params.id);
      if (saysNothing(body))
        throw wrong('body', 'says nothing: give switches, prompts, instructions, new_tools or seen');
      if (mayOpen(body)) demand(asked.actor, 'rule', kit);
      const before = await describeSwitches(kit.store, name);
      await apply(kit, asked, name, body);
      await kit.live.refresh();
      const after = await describeSwitches(kit.store, name);
      await audit(kit, asked, { action: 'server.tools', target: name, before, after });
      return { ...after, tools: await toolsOf(kit, findServer(kit, asked.params.id)) };
    },
  }),
];
