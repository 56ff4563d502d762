import type { Clock } from '../../base/index.ts';
import {
  elements,
  isObject,
  isObjectAt,
  type ListName,
  members,
  type Params,
  type Profile,
} from '../../mcp/index.ts';
import {
  faultOf,
  modernHeaders,
  modernMeta,
  type Reply,
  type Upstream,
  type UpstreamSession,
} from '../../upstream/index.ts';
import { type Definition, type Lists, NO_LISTS, readDefinition } from '../definition.ts';
import { makeOffer, type Offer } from '../offer.ts';

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

/** How long a result may be kept; what is absent or no such number is stale at once (server/utilities/caching). */
function ttlOf({ ttlMs }: Params): number {
  return typeof ttlMs === 'number' && ttlMs > 0 ? Math.floor(ttlMs) : 0;
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

/** Everything that the server shows on this session. Faults: those of `faultOf`. */
export async function readThrough(session: UpstreamSession, clock: Clock): Promise<Offer> {
  const { leg, headers, hello, profile } = session;
  const { name, timeoutMs } = leg.entry;
  const ask: Ask = (method, params) => leg.ask(method, params, { headers, ms: timeoutMs });
  const lists = await readLists(ask, hello.capabilities, name);
  return makeOffer({ server: name, person: leg.person, profile, hello, lists, readAt: clock.now() });
}

/** Everything that the server offers to a client of this profile. Faults: those of `faultOf`. */
export async function readOffer(upstream: Upstream, profile: Profile, clock: Clock): Promise<Offer> {
  const { entry, leg } = upstream;
  const ms = entry.timeoutMs;
  if (profile.era === 'legacy') {
    return upstream.lend(profile, async session => {
      try {
        return { ...(await readThrough(session, clock)), profile };
      } catch (error) {
        // It may be the session that is gone: the next reading opens another. A lent pipe ends anyway.
        if (!leg.isPiped) upstream.forget(session);
        throw error;
      }
    });
  }
  const hello = upstream.eras?.modern ?? { capabilities: {}, instructions: undefined, serverInfo: {} };
  const meta = modernMeta(profile.capabilities, upstream.ownOwner(profile).client);
  let ttlMs = Number.POSITIVE_INFINITY;
  const ask: Ask = async (method, params) => {
    const reply = await leg.ask(method, { ...params, _meta: meta }, { headers: modernHeaders(method), ms });
    if (reply.kind === 'result') ttlMs = Math.min(ttlMs, ttlOf(reply.result));
    return reply;
  };
  const lists = await readLists(ask, hello.capabilities, entry.name);
  const tools = lists.tools.filter(tool => tool.traits?.paramHeaders !== 'invalid');
  const read = {
    server: entry.name,
    person: leg.person,
    profile,
    hello,
    lists: { ...lists, tools },
    readAt: clock.now(),
  };
  return makeOffer({ ...read, ...(Number.isFinite(ttlMs) && { ttlMs }) });
}
