import { z } from 'zod';
import {
  blamesOf,
  EVERYTHING,
  type Figures,
  noBlame,
  type Ranked,
  type Scope,
  stepOf,
  stepsOf,
  topOf,
  totalsOf,
  type Window,
  windowBefore,
  windowOf,
} from '../../../ledger/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation, wrong } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';
import { countField, exactly, timeField } from './asked.ts';
import { nameOf } from './names.ts';

const ms = z.number().nullable();

const count = z.number();

const figures = z.object({
  requests: z.number(),
  ok: z.number(),
  errors: z.number(),
  cancelled: z.number(),
  /** Of nobody that is known. */
  refused: z.number(),
  /** From 0 to 1; null where nothing ended either way. */
  success: z.number().nullable(),
  p50_ms: ms,
  p95_ms: ms,
  p99_ms: ms,
  mean_ms: ms,
  upstream_mean_ms: ms,
  bytes_in: z.number(),
  bytes_out: z.number(),
});

const rounded = (value: number | undefined, digits = 3) =>
  value === undefined ? null : Number(value.toFixed(digits));

function shownFigures(of: Figures): z.input<typeof figures> {
  const { requests, ok, errors, cancelled, refused } = of;
  return {
    ...{ requests, ok, errors, cancelled, refused, success: rounded(of.success, 6) },
    ...{ p50_ms: rounded(of.p50), p95_ms: rounded(of.p95), p99_ms: rounded(of.p99) },
    ...{ mean_ms: rounded(of.mean), upstream_mean_ms: rounded(of.upstreamMean) },
    ...{ bytes_in: of.bytesIn, bytes_out: of.bytesOut },
  };
}

/** From when to when. */
export const windowFields = {
  since: timeField.optional(),
  until: timeField.optional(),
  /** Instead of `since`: as long as this before the end. */
  last_seconds: countField(366 * 86_400),
  server: exactly,
  user_id: exactly,
  client: exactly,
};

type Asked = {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly last_seconds?: number | undefined;
  readonly server?: string | undefined;
  readonly user_id?: string | undefined;
  readonly client?: string | undefined;
};

const LONGEST_MS = 10 * 366 * 86_400_000;

/** The window that was asked for; the last hour unless said. */
export function askedWindow(asked: Asked, isExact: boolean, now: number): Window {
  const { last_seconds, until } = asked;
  if (last_seconds !== undefined && asked.since !== undefined)
    throw wrong('last_seconds', 'is given beside since: give one of them');
  const end = windowOf({ until, isExact }, now).to;
  const since = last_seconds === undefined ? asked.since : end - last_seconds * 1000;
  const window = windowOf({ since, until, isExact }, now);
  if (window.to - window.from > LONGEST_MS) throw wrong('since', 'is more than ten years before the end');
  return window;
}

function askedScope({ server, user_id, client }: Asked): Scope {
  const given = [
    { kind: 'server', key: server },
    { kind: 'user', key: user_id },
    { kind: 'client', key: client },
  ].filter((one): one is Scope => one.key !== undefined);
  if (given.length > 1) throw wrong('server', 'give one of server, user_id and client');
  return given[0] ?? EVERYTHING;
}

const percent = (now: number | undefined, before: number | undefined) =>
  now === undefined || !before ? null : Number((((now - before) / before) * 100).toFixed(1));

const ranked = figures.extend({ name: z.string() });
const shownWindow = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  exact: z.boolean(),
});

const showWindow = ({ from, to, isExact }: Window) => ({
  from: isoTime(from),
  to: isoTime(to),
  exact: isExact,
});

function twoParts(key: string): readonly [string, string] {
  const at = key.indexOf(' ');
  return at < 0 ? ['', key] : [key.slice(0, at), key.slice(at + 1)];
}

const named = (one: Ranked) => ({ ...shownFigures(one), name: one.key });

function inServer(one: Ranked) {
  const [server, name] = twoParts(one.key);
  return { ...shownFigures(one), server: server || null, name };
}

const listed = {
  tools: z.array(ranked.extend({ server: z.string().nullable() })),
  /** Why requests failed: a fault of the gateway by its name, `rpc_error` or `tool_error` of the server. */
  failures: z.array(z.object({ name: z.string(), server: z.string().nullable(), count: z.number() })),
  servers: z.array(ranked),
  users: z.array(ranked.extend({ username: z.string().nullable() })),
  clients: z.array(ranked),
};

/** What a scope has of its own: all of it, or the tools and failures of a server. */
async function listsOf(kit: ApiKit, scope: Scope, window: Window, top: number) {
  const store = kit.store.ledger;
  const keyStart = scope.kind === 'server' ? `${scope.key} ` : undefined;
  const none = scope.kind === 'user' || scope.kind === 'client';
  const parts = none ? [] : await topOf(store, { kind: 'tool', keyStart, top }, window);
  const failures = none ? [] : await topOf(store, { kind: 'fault', keyStart, top }, window);
  const of = (kind: 'server' | 'user' | 'client') =>
    scope.kind === 'all' ? topOf(store, { kind, top }, window) : [];
  return {
    tools: parts.map(inServer),
    failures: failures.map(inServer).map(({ name, server, errors, refused }) => ({
      ...{ name, server, count: errors + refused },
    })),
    servers: (await of('server')).map(named),
    users: (await of('user')).map(one => ({ ...named(one), username: nameOf(kit, one.key) })),
    clients: (await of('client')).map(named),
  };
}

/** How much, how well and how fast, in a window, beside the window before. */
export const figuresShown = operation({
  id: 'figures.show',
  method: 'get',
  path: '/admin/api/figures',
  summary:
    'Requests, success and times of a window and the one before; the busiest tools, servers, people, clients',
  access: 'read',
  query: z.strictObject({
    ...windowFields,
    /** To the millisecond, up to this one; else whole minutes, up to the last full one. */
    exact: z.enum(['0', '1']).optional(),
    top: countField(100),
  }),
  answer: z.object({
    window: shownWindow,
    ...figures.shape,
    per_minute: z.number().nullable(),
    before: figures,
    /** Against the window before, in percent; null where there is nothing to compare. */
    trend: z.object({ requests: ms, errors: ms, p95: ms }),
    ...listed,
  }),
  handle: async (kit, { query }) => {
    const window = askedWindow(query, query.exact === '1', kit.clock.now());
    const scope = askedScope(query);
    await kit.ledger.settle(window.to);
    const [now, before] = [
      await totalsOf(kit.store.ledger, scope, window),
      await totalsOf(kit.store.ledger, scope, windowBefore(window)),
    ];
    const minutes = (window.to - window.from) / 60_000;
    return {
      window: showWindow(window),
      ...shownFigures(now),
      per_minute: minutes > 0 ? rounded(now.requests / minutes) : null,
      before: shownFigures(before),
      trend: {
        requests: percent(now.requests, before.requests),
        errors: percent(now.errors, before.errors),
        p95: percent(now.p95, before.p95),
      },
      ...(await listsOf(kit, scope, window, query.top ?? 10)),
    };
  },
});

/** The same as points of a chart. */
export const figuresSeries = operation({
  id: 'figures.series',
  method: 'get',
  path: '/admin/api/figures/series',
  summary: 'The figures of a window step by step, for a chart',
  access: 'read',
  query: z.strictObject(windowFields),
  answer: z.object({
    window: shownWindow,
    step_seconds: z.number(),
    steps: z.array(
      figures.extend({
        at: z.string().nullable(),
        /** By whose fault requests failed; null for one person or client, of whom this is not counted. */
        failed_by: z.object({ tool: count, server: count, refused: count, gateway: count }).nullable(),
      }),
    ),
  }),
  handle: async (kit, { query }) => {
    const window = askedWindow(query, false, kit.clock.now());
    await kit.ledger.settle(window.to);
    const stepMs = stepOf(window);
    const scope = askedScope(query);
    const steps = await stepsOf(kit.store.ledger, scope, window, stepMs);
    const isCounted = scope.kind === 'all' || scope.kind === 'server';
    const server = scope.kind === 'server' ? scope.key : undefined;
    const blames = isCounted ? await blamesOf(kit.store.ledger, { ...window, stepMs, server }) : undefined;
    return {
      window: showWindow(window),
      step_seconds: stepMs / 1000,
      steps: steps.map(step => ({
        ...shownFigures(step),
        at: isoTime(step.at),
        failed_by: blames ? (blames.get(step.at) ?? noBlame()) : null,
      })),
    };
  },
});
