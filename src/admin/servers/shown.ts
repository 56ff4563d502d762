import { z } from 'zod';
import type { ServerName } from '../../base/index.ts';
import { isPerPerson, type ServerEntry } from '../../mcp/index.ts';
import { credentialHint, type Upstream } from '../../upstream/index.ts';
import type { ApiKit } from '../api/kit.ts';
import { isoTime } from '../operations/fields.ts';
import { healthShown, showHealth } from './health-shown.ts';

const status = z.object({
  state: z.enum(['ready', 'down', 'unknown', 'disabled']),
  /** Milliseconds since the epoch. */
  since: z.number().nullable(),
  reason: z.string().nullable(),
});

/** What the gateway has there now: of one with an account for each person, all of them together. */
const running = z.object({
  calls: z.number(),
  /** Streams of the server, and calls that wait for people. */
  streams: z.number(),
  /** Of a server that is a program: so many of it run. */
  sessions: z.number(),
  /** After failures its calls fail at once for a while. */
  is_paused: z.boolean(),
});

/** A server as the API shows it: no secret, but that there is one, how it ends and until when it is good. */
export const serverShown = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  source: z.enum(['file', 'store']),
  type: z.enum(['http', 'sse', 'stdio']),
  url: z.string().nullable(),
  command: z.array(z.string()).nullable(),
  cwd: z.string().nullable(),
  env_names: z.array(z.string()),
  header_names: z.array(z.string()),
  prefix: z.string(),
  tool_prefix: z.string(),
  enabled: z.boolean(),
  timeout: z.number(),
  protocol: z.enum(['auto', 'legacy', 'modern']),
  private: z.enum(['allow', 'deny']).nullable(),
  stateless: z.boolean(),
  stateful: z.boolean(),
  deduplicate: z.boolean(),
  elicitation_hosts: z.array(z.string()).nullable(),
  auth: z.looseObject({
    kind: z.string(),
    hint: z.string().nullable(),
    /** Milliseconds since the epoch; null where it is not known, or never. */
    expires_at: z.number().nullable(),
  }),
  auth_type: z.string(),
  endpoint: z.string(),
  status,
  health: healthShown,
  running,
  /** As version 1 named them. */
  last_health_check: z.string().nullable(),
  last_error: z.string().nullable(),
  protocols: z.array(z.string()),
  server_info: z.unknown(),
  tools_count: z.number().nullable(),
  /** So many of them are defined in a way that is not to be trusted: see its tools. */
  suspicious_tools: z.number(),
  prompts_count: z.number().nullable(),
  resources_count: z.number().nullable(),
  read_at: z.number().nullable(),
});

function statusOf({ upstreams }: ApiKit, entry: ServerEntry): z.input<typeof status> {
  if (!entry.enabled) return { state: 'disabled', since: null, reason: null };
  const known = upstreams.get(entry.name)?.status ?? { state: 'unknown' };
  return {
    state: known.state,
    since: 'since' in known ? known.since : null,
    reason: 'reason' in known ? known.reason : null,
  };
}

function runningAt(
  { upstreams }: ApiKit,
  name: ServerName,
  ofPeople: readonly Upstream[],
): z.input<typeof running> {
  const own = upstreams.get(name);
  const ways = [...(own ? [own] : []), ...ofPeople];
  const sum = (read: (way: (typeof ways)[number]) => number) => ways.reduce((all, way) => all + read(way), 0);
  return {
    calls: sum(({ leg }) => leg.running.calls),
    streams: sum(({ leg }) => leg.running.streams),
    sessions: sum(way => way.sessions),
    is_paused: ways.some(({ leg }) => leg.isPaused),
  };
}

function placeOf({ transport }: ServerEntry) {
  if (transport.kind !== 'stdio') return { url: transport.url, command: null, cwd: null, env_names: [] };
  const { command, args, cwd, env } = transport;
  return { url: null, command: [command, ...args], cwd: cwd ?? null, env_names: Object.keys(env) };
}

/** People's own ways to servers, by server: there may be thousands, and they are gone through once. */
const waysOfPeople = ({ upstreams }: ApiKit) => Map.groupBy(upstreams.ofPeople(), ({ entry }) => entry.name);

/** All of them; see `showServer`. */
export function showServers(kit: ApiKit, entries: Iterable<ServerEntry>): z.input<typeof serverShown>[] {
  const ways = waysOfPeople(kit);
  return [...entries].map(entry => showServer(kit, entry, ways));
}

/** The server, what is known of it, and what it offers. */
export function showServer(
  kit: ApiKit,
  entry: ServerEntry,
  ways = waysOfPeople(kit),
): z.input<typeof serverShown> {
  const { name, title, source, prefix, enabled, transport, headers, auth } = entry;
  const offer = kit.catalogue.offeredAt(entry);
  const eras = kit.upstreams.get(name)?.eras;
  const health = showHealth(kit, entry);
  const { hint, expiresAt } = credentialHint(auth);
  return {
    id: name,
    name,
    title,
    description: entry.description ?? null,
    source,
    type: transport.kind,
    ...placeOf(entry),
    header_names: Object.keys(headers),
    prefix,
    tool_prefix: prefix,
    enabled,
    timeout: entry.timeoutMs / 1000,
    protocol: entry.protocol,
    private: entry.private ?? null,
    stateless: entry.stateless,
    stateful: entry.stateful === true,
    deduplicate: entry.deduplicate === true,
    elicitation_hosts: entry.elicitationHosts ? [...entry.elicitationHosts] : null,
    auth: { kind: auth.kind, hint: hint ?? null, expires_at: expiresAt ?? null },
    auth_type: auth.kind,
    endpoint: `${kit.origin()}/mcp/${name}`,
    status: statusOf(kit, entry),
    health,
    running: runningAt(kit, name, ways.get(name) ?? []),
    last_health_check: isoTime(health.checked_at ?? undefined),
    last_error: health.last_error?.says ?? null,
    protocols: [eras?.legacy && '2025', eras?.modern && '2026-07-28'].filter(one => one !== undefined),
    server_info: offer?.hello.serverInfo ?? null,
    tools_count: offer?.lists.tools.length ?? null,
    suspicious_tools: kit.catalogue.suspicionsAt(entry).size,
    prompts_count: offer?.lists.prompts.length ?? null,
    // Each person's own.
    resources_count: isPerPerson(entry) ? null : (offer?.lists.resources.length ?? null),
    read_at: offer?.readAt ?? null,
  };
}
