import type { Clock } from '../base/index.ts';
import {
  elements,
  isObject,
  isObjectAt,
  type ListName,
  members,
  type Params,
  type Profile,
} from '../mcp/index.ts';
import { faultOf, modernHeaders, modernMeta, type Reply, type Upstream } from '../upstream/index.ts';
import { type Definition, type Lists, NO_LISTS, readDefinition } from './definition.ts';
import { makeOffer, type Offer } from './offer.ts';

type ListRow = { readonly list: ListName; readonly method: string; readonly needs: string };

const LIST_ROWS: readonly ListRow[] = [
  { list: 'tools', method: 'tools/list', needs: 'tools' },
  { list: 'prompts', method: 'prompts/list', needs: 'prompts' },
  { list: 'resources', method: 'resources/list', needs: 'resources' },
  { list: 'resourceTemplates', method: 'resources/templates/list', needs: 'resources' },
];

const MAX_PAGES = 1000;
const MAX_ITEMS = 50_000;

type Ask = (method: string, params: Params) => Promise<Reply>;

/** One page: its definitions and the cursor of the next. */
function readPage(
  list: ListName,
  bytes: Buffer,
  result: Params,
): { readonly items: readonly Definition[]; readonly next: string | undefined } {
  const at = members(bytes).get('result');
  const range = isObjectAt(bytes, at) ? members(bytes, at.start).get(list) : undefined;
  const ranges = range && bytes[range.start] === 0x5b ? elements(bytes, range.start) : [];
  const items = ranges.flatMap(one => {
    const definition = readDefinition(list, Buffer.from(bytes.subarray(one.start, one.end)));
    return definition ? [definition] : [];
  });
  const next = result.nextCursor;
  return { items, next: typeof next === 'string' ? next : undefined };
}

/** All pages (an empty string is a cursor too; absence ends the list). A cursor that comes again ends it as well. */
async function readAll(ask: Ask, row: ListRow, server: string): Promise<readonly Definition[]> {
  const found = new Map<string, Definition>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && found.size < MAX_ITEMS; page++) {
    const reply = await ask(row.method, cursor === undefined ? {} : { cursor });
    // Templates are optional even where resources are declared.
    if (reply.kind === 'error' && reply.code === -32601) return [];
    if (reply.kind !== 'result') throw faultOf(reply, server);
    const { items, next } = readPage(row.list, reply.bytes, reply.result);
    for (const item of items) if (!found.has(item.key)) found.set(item.key, item);
    if (next === undefined || cursors.has(next)) break;
    cursors.add(next);
    cursor = next;
  }
  return [...found.values()];
}

async function readLists(ask: Ask, capabilities: Params, server: string): Promise<Lists> {
  const lists = { ...NO_LISTS };
  // One after another: a server that was just started answers a burst of its first requests worse than a row of them.
  for (const row of LIST_ROWS)
    if (isObject(capabilities[row.needs])) lists[row.list] = await readAll(ask, row, server);
  return lists;
}

/** Everything that the server offers to a client of this profile. Faults: those of `faultOf`. */
export async function readOffer(upstream: Upstream, profile: Profile, clock: Clock): Promise<Offer> {
  const { entry, leg } = upstream;
  const ms = entry.timeoutMs;
  if (profile.era === 'legacy') {
    const session = await upstream.session(upstream.ownOwner(profile));
    const ask: Ask = (method, params) => leg.ask(method, params, { headers: session.headers, ms });
    try {
      const lists = await readLists(ask, session.hello.capabilities, entry.name);
      return makeOffer({ server: entry.name, profile, hello: session.hello, lists, readAt: clock.now() });
    } catch (error) {
      // It may be the session that is gone: the next reading opens another.
      upstream.forget(session);
      throw error;
    }
  }
  const hello = upstream.eras?.modern ?? { capabilities: {}, instructions: undefined, serverInfo: {} };
  const meta = modernMeta(profile.capabilities, upstream.ownOwner(profile).client);
  const ask: Ask = (method, params) =>
    leg.ask(method, { ...params, _meta: meta }, { headers: modernHeaders(method), ms });
  const lists = await readLists(ask, hello.capabilities, entry.name);
  const tools = lists.tools.filter(tool => tool.traits?.paramHeaders !== 'invalid');
  return makeOffer({ server: entry.name, profile, hello, lists: { ...lists, tools }, readAt: clock.now() });
}
