import type { Clock, ServerName } from '../../base/index.ts';
import type { Ledger, SecurityEvent } from '../../ledger/index.ts';
import { isPerPerson } from '../../mcp/index.ts';
import type { HealthChange, Store } from '../../store/index.ts';
import type { Upstream } from '../upstream.ts';
import type { Upstreams } from '../upstreams.ts';
import { cheapProbe, isGone } from './cheap-probe.ts';
import { type Health, type HealthState, type Verdict, verdictOf, verdictOfAll } from './health.ts';

const LOOK_MS = 500;
/** How many servers are asked at once. */
const AT_ONCE = 8;

type HealthTimes = {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** From how long an answer to the gateway's own requests is a slow one. */
  readonly slowMs: number;
};

type Deps = {
  readonly upstreams: Upstreams;
  readonly store: Pick<Store, 'health'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly times: HealthTimes;
  readonly onProblem: (problem: unknown) => void;
};

type Known = Verdict & { readonly since: number };

const SEVERITY: Readonly<Record<HealthState, SecurityEvent['severity']>> = {
  online: 'low',
  unknown: 'low',
  degraded: 'medium',
  parked: 'high',
  down: 'high',
};

/** That a part of it fails is seen before it is known which: then that is a change as well, and not the way back. */
function isAsBefore({ state, reason }: Verdict, before: Known | undefined): boolean {
  return before?.state === state && (before.reason === reason || !reason?.startsWith('failing-'));
}

/**
 * Knows how each server is: by what calls to it told, and, where none came lately, by asking it something that costs
 * next to nothing. A change is kept and told in the ledger.
 */
export class HealthWatch {
  readonly #deps: Deps;
  readonly #known = new Map<ServerName, Known>();
  /** By server, and of which upstream: one that was made anew is asked anew. */
  readonly #due = new WeakMap<Upstream, number>();
  readonly #asking = new Set<Upstream>();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.upstreams.onStatus(({ entry }) => this.#look(entry.name));
    this.#timer = setInterval(() => this.#round(), LOOK_MS);
    this.#timer.unref();
  }

  /** What was known before the process began: a server that is as it was has not changed. */
  async load(): Promise<void> {
    for (const { server, at, state, reason } of await this.#deps.store.health.latest())
      this.#known.set(server, { state, reason, since: at } as Known);
  }

  /** How a server is; undefined where it is switched off or there is none. */
  of(name: ServerName): Health | undefined {
    const upstream = this.#deps.upstreams.get(name);
    if (!upstream) return undefined;
    const verdict = this.#verdictOf(upstream);
    const known = this.#known.get(name);
    const ways = this.#waysOf(upstream);
    const lastError = ways
      .flatMap(({ leg }) => leg.vitals.lastError ?? [])
      .toSorted((a, b) => b.at - a.at)[0];
    const heardAt = Math.max(...ways.map(({ leg }) => leg.vitals.heardAt ?? 0), lastError?.at ?? 0);
    return {
      ...verdict,
      since: known?.state === verdict.state ? known.since : undefined,
      checkedAt: heardAt === 0 ? undefined : heardAt,
      latencyMs: upstream.leg.vitals.ownMs,
      lastError,
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #waysOf(upstream: Upstream): readonly Upstream[] {
    if (!isPerPerson(upstream.entry)) return [upstream];
    return this.#deps.upstreams.ofPeople().filter(({ entry }) => entry.name === upstream.entry.name);
  }

  #verdictOf(upstream: Upstream): Verdict {
    const { slowMs } = this.#deps.times;
    if (!isPerPerson(upstream.entry)) return verdictOf(upstream, slowMs);
    return verdictOfAll(this.#waysOf(upstream).map(way => verdictOf(way, slowMs)));
  }

  /** Notes what has changed since the last look. */
  #look(name: ServerName): void {
    const upstream = this.#deps.upstreams.get(name);
    if (!upstream) return;
    const verdict = this.#verdictOf(upstream);
    const before = this.#known.get(name);
    // A server that was never asked since it was changed may be as it was.
    if (verdict.state === 'unknown' || isAsBefore(verdict, before)) return;
    const at = this.#deps.clock.now();
    this.#known.set(name, { ...verdict, since: before?.state === verdict.state ? before.since : at });
    const { latencyMs } = this.of(name) ?? {};
    this.#keep({ server: name, at, ...verdict, latencyMs });
    if (before || verdict.state !== 'online') this.#tell(name, verdict, before);
  }

  #keep(change: HealthChange): void {
    this.#deps.store.health.add(change).catch(this.#deps.onProblem);
  }

  #tell(server: ServerName, { state, reason }: Verdict, before: Known | undefined): void {
    const detail = { state, ...(reason && { reason }), was: before?.state ?? 'unknown' };
    this.#deps.ledger.event({ type: 'server_health', severity: SEVERITY[state], server, detail });
  }

  #round(): void {
    for (const upstream of this.#deps.upstreams.all()) {
      this.#look(upstream.entry.name);
      if (this.#asking.size < AT_ONCE && this.#isDue(upstream)) void this.#ask(upstream);
    }
  }

  /** Calls that went well lately say as much as an answer; a server that is down is asked as soon as it may be tried. */
  #isDue(upstream: Upstream): boolean {
    const { intervalMs } = this.#deps.times;
    const now = this.#deps.clock.now();
    if (this.#asking.has(upstream)) return false;
    const { status, leg } = upstream;
    if (status.state === 'down' && now < status.retryAt) return false;
    const due = this.#due.get(upstream);
    if (due === undefined) {
      // Not all at once, when all of them were made at once.
      this.#due.set(upstream, now + Math.random() * intervalMs);
      return false;
    }
    const heardAt = status.state === 'ready' ? (leg.vitals.heardAt ?? 0) : 0;
    return now >= Math.max(due, heardAt + intervalMs / 2);
  }

  async #ask(upstream: Upstream): Promise<void> {
    const { intervalMs, timeoutMs } = this.#deps.times;
    const probe = cheapProbe(upstream);
    this.#due.set(upstream, this.#deps.clock.now() + intervalMs * (0.9 + Math.random() * 0.2));
    if (!probe) return;
    this.#asking.add(upstream);
    try {
      if (isGone(await probe(timeoutMs))) upstream.leg.isAway();
    } catch (problem) {
      this.#deps.onProblem(problem);
    } finally {
      this.#asking.delete(upstream);
      this.#look(upstream.entry.name);
    }
  }
}
