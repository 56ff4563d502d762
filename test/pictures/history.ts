import { uuidv7 } from '../../src/base/index.ts';
import type { ActivityRow } from '../../src/store/index.ts';
import { HOUSEHOLD, type ServerOf, type ToolOf } from './household.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export type PersonOf = { readonly id: string; readonly name: string; readonly client: string };

/** The same numbers in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function pick<One>(of: readonly One[], weight: (one: One) => number, at: number): One {
  let left = at * of.reduce((sum, one) => sum + weight(one), 0);
  for (const one of of) {
    left -= weight(one);
    if (left <= 0) return one;
  }
  return of[of.length - 1] as One;
}

/** People sleep: how busy a minute is, from 0 to 1. */
function busy(at: number, now: number): number {
  const hours = (at - now) / 3_600_000;
  const day = 0.55 + 0.45 * Math.cos(((hours + 2) / 24) * 2 * Math.PI);
  return day * (0.7 + 0.3 * Math.cos(hours * 2.3));
}

type Outcome = Pick<ActivityRow, 'outcome' | 'fault' | 'code' | 'status'>;

const WELL: Outcome = { outcome: 'ok', fault: undefined, code: undefined, status: 200 };

/** `mail` is away since `awaySince`; the others fail now and then, each in its own way. */
function outcomeOf(server: ServerOf, luck: number, isAway: boolean): Outcome {
  if (isAway) return { outcome: 'error', fault: 'upstream_unreachable', code: 1001, status: 502 };
  if (luck < 0.004) return { outcome: 'error', fault: 'upstream_timeout', code: 1002, status: 504 };
  if (luck < 0.02 && server.name === 'github') return { ...WELL, outcome: 'error' };
  if (luck < 0.026) return { outcome: 'error', fault: 'unknown_target', code: -32602, status: 200 };
  return WELL;
}

type One = {
  readonly at: number;
  readonly person: PersonOf;
  readonly server: ServerOf;
  readonly tool: ToolOf;
};

function rowOf({ at, person, server, tool }: One, outcome: Outcome, luck: number): ActivityRow {
  const upstreamMs = outcome.fault === 'upstream_unreachable' ? 2 : tool.ms * (0.6 + luck ** 3 * 3);
  return {
    ...{ id: uuidv7(at), at, principal: person.id, userName: person.name, credential: 'key:picture' },
    ...{ client: person.client, clientName: person.client, userAgent: person.client, address: '10.0.0.12' },
    ...{
      endpoint: '/mcp',
      era: person.client.startsWith('Claude') ? 'modern' : 'legacy',
      session: undefined,
    },
    ...{ method: 'tools/call', server: server.name, target: tool.name, ...outcome },
    ...{ durationMs: upstreamMs + 0.3 + luck * 0.4, upstreamMs, bytesIn: 180 + Math.round(luck * 300) },
    ...{
      bytesOut: 400 + Math.round(luck ** 4 * 30_000),
      count: 1,
      serverEra: server.isModern ? 'modern' : 'legacy',
    },
    traceId: undefined,
  };
}

type Day = {
  readonly now: number;
  readonly awaySince: number;
  readonly servers?: readonly ServerOf[];
};

/** A day of these people; `awaySince` is when the mail server went. */
export function historyOf(
  people: readonly PersonOf[],
  { now, awaySince, servers = HOUSEHOLD }: Day,
): ActivityRow[] {
  const next = dice(7);
  const rows: ActivityRow[] = [];
  for (let minute = now - DAY_MS; minute < now - MINUTE_MS; minute += MINUTE_MS) {
    const many = Math.round(busy(minute, now) * 9 * (0.5 + next()));
    for (let n = 0; n < many; n++) {
      const at = Math.floor(minute + next() * MINUTE_MS);
      const person = pick(people, one => people.length - people.indexOf(one), next());
      const server = pick(servers, ({ share }) => share, next());
      const tool = pick(server.tools, ({ kind }) => (kind === 'reads' ? 5 : 1), next());
      const isAway = server.name === 'mail' && at > awaySince;
      rows.push(rowOf({ at, person, server, tool }, outcomeOf(server, next(), isAway), next()));
    }
  }
  return rows.sort((one, other) => one.at - other.at);
}
