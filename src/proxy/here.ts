import { Fault } from '../base/index.ts';
import type { Catalogue, View } from '../catalogue/index.ts';
import {
  isObject,
  keyFor,
  LATEST_LEGACY,
  LEGACY_REVISIONS,
  type ListName,
  META,
  MODERN_REVISIONS,
  type Params,
  type Profile,
  readCapabilities,
} from '../mcp/index.ts';
import type { Upstreams } from '../upstream/index.ts';
import type { RequestCall } from './call.ts';
import { type SchemesRule, wantsSchemes } from './compat/wants-schemes.ts';
import type { Cursors } from './cursor.ts';
import type { Out } from './out.ts';
import { placeKey } from './place.ts';
import type { Views } from './route.ts';
import type { ClientSessions } from './session/client-sessions.ts';

export type HereDeps = {
  readonly upstreams: Upstreams;
  readonly catalogue: Catalogue;
  readonly views: Views;
  readonly sessions: ClientSessions;
  readonly cursors: Cursors;
  readonly securitySchemes: SchemesRule;
  /** `serverInfo` of the gateway. */
  readonly own: Params;
};

/** Up to this size an answer is put together before it is sent. */
const WHOLE_BYTES = 64 * 1024;
/** How long a client may keep a list without asking; changes are told besides. */
const TTL_MS = 5_000;

function result(call: RequestCall, value: Params): string {
  return `{"jsonrpc":"2.0","id":${call.message.idText},"result":${JSON.stringify(value)}}`;
}

/** Members that every complete, cacheable result of 2026-07-28 has (server/utilities/caching). */
function modernMembers(serverInfo: Params, ttlMs: number): Params {
  // Private: what is listed depends on who asks.
  return {
    resultType: 'complete',
    ttlMs,
    cacheScope: 'private',
    _meta: { [META.serverInfo]: serverInfo },
  };
}

/** The view of this call, after the little patience that a first reading deserves. */
async function patientView(call: RequestCall, deps: HereDeps): Promise<View> {
  const { servers } = deps.views.of(call).of;
  const keys = servers.map(entry => keyFor(entry, call.caller.principal));
  const waiting = deps.catalogue.ensure(keys, call.profile);
  if (waiting) await waiting;
  return deps.views.of(call);
}

/** While servers are read for the first time, a name may be unknown only because of that. */
export function whenRead(call: RequestCall, deps: HereDeps, go: () => Promise<void>): Promise<void> {
  return deps.catalogue.isFirstReading ? patientView(call, deps).then(go) : go();
}

async function initialize(call: RequestCall, out: Out, deps: HereDeps): Promise<void> {
  const { params } = call.message;
  const { protocolVersion, clientInfo } = params;
  if (typeof protocolVersion !== 'string')
    throw new Fault('invalid_params', { says: 'Invalid params: protocolVersion must be a string' });
  if (!isObject(params.capabilities ?? {}))
    throw new Fault('invalid_params', { says: 'Invalid params: capabilities must be an object' });
  const revision = LEGACY_REVISIONS.includes(protocolVersion) ? protocolVersion : LATEST_LEGACY;
  const profile: Profile = {
    era: 'legacy',
    revision,
    capabilities: readCapabilities(params.capabilities),
  };
  const view = await patientView({ ...call, profile }, deps);
  const session = deps.sessions.begin(
    call.caller,
    placeKey(call.place),
    profile,
    isObject(clientInfo) ? clientInfo : {},
  );
  call.entry.session = session.key;
  if (isObject(clientInfo) && typeof clientInfo.name === 'string')
    call.entry.clientName = clientInfo.name.slice(0, 64);
  if (call.line) call.line.begin(session);
  else call.exchange.response.setHeader('mcp-session-id', session.token);
  const instructions = view.instructions();
  const serverInfo = view.serverInfo(deps.own);
  out.json(
    result(call, {
      protocolVersion: revision,
      capabilities: view.capabilities(),
      serverInfo,
      ...(instructions && { instructions }),
    }),
  );
}

async function discover(call: RequestCall, out: Out, deps: HereDeps): Promise<void> {
  const view = await patientView(call, deps);
  const instructions = view.instructions();
  const value = {
    supportedVersions: [...MODERN_REVISIONS],
    capabilities: view.capabilities(),
    ...(instructions && { instructions }),
    ...modernMembers(view.serverInfo(deps.own), view.ttlMs(TTL_MS)),
  };
  out.json(result(call, value));
}

/** Answers what the gateway itself knows. */
export async function answerHere(call: RequestCall, out: Out, deps: HereDeps): Promise<void> {
  switch (call.message.method) {
    case 'initialize':
      return initialize(call, out, deps);
    case 'server/discover':
      return discover(call, out, deps);
    default:
      return out.json(result(call, {}));
  }
}

/** One answer; a long list is not copied only to stand in one piece. */
function sendParts(out: Out, parts: readonly Buffer[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length <= WHOLE_BYTES) return out.json(Buffer.concat(parts, length));
  out.startJson(length);
  for (const part of parts) out.write(part);
  out.end();
}

/** An empty list would hide that a server which was never read is down; at its own endpoint the client is told. */
function refuseUnread({ place, caller }: RequestCall, view: View, { upstreams }: HereDeps): void {
  if (place.kind !== 'one' || view.has(place.server)) return;
  const status = upstreams.for(place.server, caller.principal)?.status;
  if (status?.state !== 'down') return;
  const data = { server: place.server, since: status.since, mayHaveRun: false };
  throw new Fault(status.reason === 'refused' ? 'upstream_refused' : 'upstream_unreachable', { data });
}

/** Answers a list from the catalogue: the servers' own texts, joined. No server is waited for. */
export async function answerList(call: RequestCall, list: ListName, out: Out, deps: HereDeps): Promise<void> {
  const position = deps.cursors.read(call);
  const view = await patientView(call, deps);
  refuseUnread(call, view, deps);
  const isMarked = list === 'tools' && wantsSchemes(call, deps.securitySchemes);
  const { items, next } = view.page(list, position?.after, position?.index, isMarked);
  const members: Params = {
    ...(next && { nextCursor: deps.cursors.make(call, next) }),
    ...(call.profile.era === 'modern' && modernMembers(view.serverInfo(deps.own), view.ttlMs(TTL_MS))),
  };
  const rest = JSON.stringify(members).slice(1, -1);
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${call.message.idText},"result":{"${list}":[`);
  sendParts(out, [head, items, Buffer.from(`]${rest === '' ? '' : `,${rest}`}}}`)]);
}
