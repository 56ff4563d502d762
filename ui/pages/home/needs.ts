import type { Answer } from '../../api/client.ts';
import { count, plural, bytes as sizeText } from '../../kit/figures.ts';
import type { Level } from '../../kit/state.tsx';
import { millisOf, spanText } from '../../kit/time.tsx';

type Server = Answer<'servers.list'>[number];
type TokenStatus = Answer<'servers.token-statuses'>[number];
type Key = Answer<'keys.list'>[number];
type SecurityEvent = Answer<'security-events.list'>[number];
type Retention = Answer<'retention.show'>;

/** What the queue is computed from. */
export type Known = {
  readonly now: number;
  readonly servers: readonly Server[];
  readonly tokens: readonly TokenStatus[];
  readonly keys: readonly Key[];
  readonly events: readonly SecurityEvent[];
  /** Addresses from which nobody signs in at present. */
  readonly blocked: readonly string[];
  readonly retention: Retention | undefined;
  /** How many people asked each server lately; who is hit when it is down. */
  readonly callsOf: (server: string) => number;
};

/** Something that somebody has to do: why, since when, who is hit, and the page that mends it. */
export type Need = {
  readonly key: string;
  readonly level: Level;
  readonly what: string;
  readonly why: string;
  /** Who is hit. */
  readonly calls?: { readonly server: string; readonly count: number } | undefined;
  readonly since: number | undefined;
  readonly action: string;
  readonly does: string;
  readonly to: string;
  readonly params?: Readonly<Record<string, string>>;
  /** A server that is asked again at once, instead of a page. */
  readonly test?: string;
  /** An address that can be blocked at once. */
  readonly block?: string;
};

const DAY_MS = 86_400_000;
const SOON_MS = 7 * DAY_MS;
const UNUSED_MS = 90 * DAY_MS;
const MOST_GUESSERS = 5;

function ofServers({ servers, callsOf }: Known): readonly Need[] {
  return servers.flatMap(({ id, name, health }): Need[] => {
    const hit = callsOf(name);
    const calls = hit > 0 ? { server: name, count: hit } : undefined;
    const since = health.since ?? undefined;
    if (health.state === 'down')
      return [
        {
          ...{ key: `down ${id}`, level: 'bad', what: `${name} is down`, since },
          ...{ why: health.says ?? 'it does not answer', calls, action: 'need.retry', does: 'Retry' },
          ...{ to: `/admin/servers/${name}`, test: id },
        },
      ];
    if (health.state === 'parked')
      return [
        {
          ...{ key: `parked ${id}`, level: 'warn', what: `${name} waits for a sign-in`, since },
          ...{ why: health.says ?? 'its tokens are not accepted any more', calls },
          ...{ action: 'need.reconnect', does: 'Reconnect' },
          ...{ to: `/admin/servers/${name}`, params: { tab: 'credentials' } },
        },
      ];
    return [];
  });
}

function ofCredentials({ tokens, now }: Known): readonly Need[] {
  return tokens.flatMap(({ server_id, server_name, expires_at, oauth }): Need[] => {
    if (oauth?.per === 'gateway' && oauth.ended > 0)
      return [
        {
          ...{ key: `ended ${server_id}`, level: 'bad', since: undefined },
          ...{ what: `The account of the gateway at ${server_name} has ended` },
          ...{ why: 'its tokens are not accepted any more', action: 'need.reconnect', does: 'Reconnect' },
          ...{ to: `/admin/servers/${server_name}`, params: { tab: 'credentials' } },
        },
      ];
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
  // What only came, or went, does nothing else than it did.
  for (const event of events)
    if (
      event.event_type === 'tool_changed' &&
      event.severity !== 'low' &&
      event.server !== null &&
      !changed.has(event.server)
    )
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
          why:
            many === 1
              ? 'it speaks to the model, hides characters, or resembles a tool of another server'
              : 'they speak to the model, hide characters, or resemble tools of another server',
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
    {
      readonly what: string;
      readonly why: string;
      readonly does: string;
      readonly level: Level;
      /** Where it is mended; else the incidents are shown. */
      readonly place?: Pick<Need, 'to' | 'params'>;
    }
  >
> = {
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
    place: { to: '/admin/servers', params: { tab: 'mappings' } },
  },
};

function ofEvents({ events }: Known): readonly Need[] {
  return Object.entries(FROM_EVENTS).flatMap(([type, { what, why, does, level, place }]): Need[] => {
    const [latest] = events.filter(({ event_type }) => event_type === type);
    if (!latest) return [];
    const from = latest.ip_address ? ` (${latest.ip_address})` : latest.server ? ` (${latest.server})` : '';
    return [
      {
        ...{ key: type, level, what: `${what}${from}`, why, since: millisOf(latest.timestamp) },
        ...{
          action: `need.${type.replace('_', '-')}`,
          does,
          ...(place ?? { to: '/admin/security', params: { type } }),
        },
      },
    ];
  });
}

/** Whoever guesses passwords, address by address, until it is blocked. */
function ofGuessers({ events, blocked }: Known): readonly Need[] {
  const found = new Map<string, SecurityEvent>();
  for (const event of events) {
    const address = event.ip_address ?? '';
    if (event.event_type === 'brute_force' && !blocked.includes(address) && !found.has(address))
      found.set(address, event);
  }
  return [...found].slice(0, MOST_GUESSERS).map(
    ([address, { timestamp }]): Need => ({
      ...{ key: `brute_force ${address}`, level: 'bad', since: millisOf(timestamp) },
      what: `Somebody tries passwords${address && ` (${address})`}`,
      why: 'one address or account was refused again and again',
      ...{ action: 'need.brute-force', does: 'See who', to: '/admin/security' },
      params: { type: 'brute_force' },
      ...(address && { block: address }),
    }),
  );
}

/** Entries that go before anybody expects it. */
function ofRetention({ retention, now }: Known): readonly Need[] {
  if (!retention?.about_to_drop) return [];
  const { about_to_drop: why, days, rows, most_rows, bytes, most_bytes, first_goes } = retention;
  const isOfRows = rows / most_rows >= bytes / most_bytes;
  const room = isOfRows
    ? `${count(rows)} of ${plural(most_rows, 'request')}`
    : `${sizeText(bytes)} of ${sizeText(most_bytes)}`;
  const soon = spanText(Math.max(0, (millisOf(first_goes) ?? now) - now));
  const isRoom = why === 'room';
  return [
    {
      ...{ key: 'retention', level: 'warn', since: undefined, action: 'need.keep-longer' },
      ...{ does: 'Keep longer', to: '/admin/settings', params: { tab: 'retention' } },
      what: isRoom ? `Requests go before their ${plural(days, 'day')}` : `The first requests go in ${soon}`,
      why: isRoom
        ? `${room} are kept; what is above goes, the oldest first`
        : `they are kept for ${plural(days, 'day')}`,
    },
  ];
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
  const kinds = [ofServers, ofCredentials, ofGuessers, ofEvents, ofDefinitions, ofRetention, ofKeys];
  const all = kinds.flatMap(of => of(known));
  return all.sort((a, b) => RANK[a.level] - RANK[b.level]);
}
