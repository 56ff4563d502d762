import type { Answer } from '../../api/client.ts';
import { plural } from '../../kit/figures.ts';
import type { Level } from '../../kit/state.tsx';
import { millisOf, spanText } from '../../kit/time.tsx';

type Server = Answer<'servers.list'>[number];
type TokenStatus = Answer<'servers.token-statuses'>[number];
type Key = Answer<'keys.list'>[number];
type SecurityEvent = Answer<'security-events.list'>[number];

/** What the queue is computed from. */
export type Known = {
  readonly now: number;
  readonly servers: readonly Server[];
  readonly tokens: readonly TokenStatus[];
  readonly keys: readonly Key[];
  readonly events: readonly SecurityEvent[];
  /** How many people asked each server lately; who is hit when it is down. */
  readonly callsOf: (server: string) => number;
};

/** Something that somebody has to do: why, since when, who is hit, and the page that mends it. */
export type Need = {
  readonly key: string;
  readonly level: Level;
  readonly what: string;
  readonly why: string;
  readonly since: number | undefined;
  readonly action: string;
  readonly does: string;
  readonly to: string;
  readonly params?: Readonly<Record<string, string>>;
  /** A server that is asked again at once, instead of a page. */
  readonly test?: string;
};

const DAY_MS = 86_400_000;
const SOON_MS = 7 * DAY_MS;
const UNUSED_MS = 90 * DAY_MS;

function ofServers({ servers, callsOf }: Known): readonly Need[] {
  return servers.flatMap(({ id, name, health }): Need[] => {
    const hit = callsOf(name);
    const whom = hit > 0 ? `; ${plural(hit, 'call')} in this time` : '';
    const since = health.since ?? undefined;
    if (health.state === 'down')
      return [
        {
          ...{ key: `down ${id}`, level: 'bad', what: `${name} is down`, since },
          ...{ why: `${health.says ?? 'it does not answer'}${whom}`, action: 'need.retry', does: 'Retry' },
          ...{ to: `/admin/servers/${name}`, test: id },
        },
      ];
    if (health.state === 'parked')
      return [
        {
          ...{ key: `parked ${id}`, level: 'warn', what: `${name} waits for a sign-in`, since },
          ...{ why: `${health.says ?? 'its tokens are not accepted any more'}${whom}` },
          ...{ action: 'need.reconnect', does: 'Reconnect' },
          ...{ to: `/admin/servers/${name}`, params: { tab: 'credentials' } },
        },
      ];
    return [];
  });
}

function ofCredentials({ tokens, now }: Known): readonly Need[] {
  return tokens.flatMap(({ server_id, server_name, expires_at }): Need[] => {
    const ends = millisOf(expires_at);
    if (ends === undefined || ends - now > SOON_MS) return [];
    const isOver = ends <= now;
    return [
      {
        ...{ key: `credential ${server_id}`, level: isOver ? 'bad' : 'warn', since: undefined },
        what: isOver
          ? `The credential of ${server_name} has ended`
          : `The credential of ${server_name} ends in ${spanText(ends - now)}`,
        why: 'without another one the server refuses its calls',
        ...{
          action: 'need.replace',
          does: 'Replace',
          to: `/admin/servers/${server_name}`,
          params: { tab: 'credentials' },
        },
      },
    ];
  });
}

function ofDefinitions({ servers, events }: Known): readonly Need[] {
  const changed = new Map<string, SecurityEvent>();
  for (const event of events)
    if (event.event_type === 'tool_changed' && event.server !== null && !changed.has(event.server))
      changed.set(event.server, event);
  const changes = [...changed].map(
    ([server, { timestamp }]): Need => ({
      ...{
        key: `changed ${server}`,
        level: 'warn',
        what: `${server} changed what it offers`,
        since: millisOf(timestamp),
      },
      ...{
        why: 'a tool that people trusted may do something else now',
        action: 'need.compare',
        does: 'Compare',
      },
      ...{ to: `/admin/servers/${server}`, params: { tab: 'changes' } },
    }),
  );
  const suspicious = servers
    .filter(({ suspicious_tools }) => suspicious_tools > 0)
    .map(
      ({ id, name, suspicious_tools: many }): Need => ({
        ...{
          key: `suspicious ${id}`,
          level: 'warn',
          what: `${plural(many, 'tool')} of ${name} ${many === 1 ? 'is' : 'are'} suspicious`,
          since: undefined,
        },
        ...{
          why: 'it speaks to the model, hides characters, or resembles a tool of another server',
          action: 'need.look',
          does: 'Look',
        },
        ...{ to: `/admin/servers/${name}`, params: { tab: 'offers', only: 'suspicious' } },
      }),
    );
  return [...suspicious, ...changes];
}

const FROM_EVENTS: Readonly<
  Record<
    string,
    { readonly what: string; readonly why: string; readonly does: string; readonly level: Level }
  >
> = {
  brute_force: {
    what: 'Somebody tries passwords',
    why: 'one address or account was refused again and again',
    does: 'See who',
    level: 'bad',
  },
  session_hijack: {
    what: 'A session was used by somebody else',
    why: 'its id is known to another person',
    does: 'See who',
    level: 'bad',
  },
  token_reuse: {
    what: 'A token was used twice',
    why: 'it may have been copied; what was signed in by it has ended',
    does: 'See who',
    level: 'bad',
  },
  name_collision: {
    what: 'Two servers offer the same name',
    why: 'one of them is shown under another name',
    does: 'Choose',
    level: 'warn',
  },
};

function ofEvents({ events }: Known): readonly Need[] {
  return Object.entries(FROM_EVENTS).flatMap(([type, { what, why, does, level }]): Need[] => {
    const [latest] = events.filter(({ event_type }) => event_type === type);
    if (!latest) return [];
    const from = latest.ip_address ? ` (${latest.ip_address})` : latest.server ? ` (${latest.server})` : '';
    return [
      {
        ...{ key: type, level, what: `${what}${from}`, why, since: millisOf(latest.timestamp) },
        ...{ action: `need.${type.replace('_', '-')}`, does, to: '/admin/security', params: { type } },
      },
    ];
  });
}

function ofKeys({ keys, now }: Known): readonly Need[] {
  return keys.flatMap(({ id, name, user, last_used_at, created_at, is_expired }): Need[] => {
    const used = millisOf(last_used_at ?? created_at) ?? now;
    if (is_expired || now - used < UNUSED_MS) return [];
    return [
      {
        ...{
          key: `key ${id}`,
          level: 'off',
          what: `The key ${name} of ${user.username} was not used for ${spanText(now - used)}`,
          since: used,
        },
        ...{ why: 'a key that nobody needs is one that can be lost', action: 'need.revoke', does: 'Revoke' },
        ...{ to: '/admin/clients', params: { tab: 'keys', key: id } },
      },
    ];
  });
}

const RANK: Readonly<Record<Level, number>> = { bad: 0, warn: 1, unknown: 2, off: 3, ok: 4 };

/** Everything that waits for somebody, the worst first. */
export function needsOf(known: Known): readonly Need[] {
  const all = [ofServers, ofCredentials, ofEvents, ofDefinitions, ofKeys].flatMap(of => of(known));
  return all.sort((a, b) => RANK[a.level] - RANK[b.level]);
}
