import { type Clock, Fault, uuidv7 } from '../base/index.ts';
import type { Egress } from '../http/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { SecurityAudit, Store } from '../store/index.ts';
import { type Assignment, audit, type Ended, type Progress } from './audit.ts';
import { BLOCKED } from './wire.ts';

export type AuditsDeps = {
  readonly store: Pick<Store, 'securityAudits'>;
  readonly ledger: Pick<Ledger, 'event'>;
  readonly egress: Egress;
  readonly clock: Clock;
  /** Whether a host may lie on this machine or in a private network. */
  readonly isPrivateAllowed: (url: URL) => boolean;
  readonly onProblem: (error: unknown) => void;
};

type Running = {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  progress: Progress | undefined;
};

/** Each asks a server some hundred times: not for everybody at once. */
const MOST_AT_ONCE = 2;
/** However slow a server is. */
const LONGEST_MS = 10 * 60_000;

function outcomeOf(ended: Ended): Pick<SecurityAudit, 'state' | 'reason' | 'report'> {
  if (ended.kind === 'done')
    return { state: 'done', reason: undefined, report: JSON.stringify(ended.report) };
  const reason = ended.kind === 'unreachable' ? ended.why : undefined;
  return { state: ended.kind === 'unreachable' ? 'failed' : 'cancelled', reason, report: undefined };
}

/** Audits in the background: begun, watched, ended, and kept. Credentials live in memory, for as long as one runs. */
export class Audits {
  readonly #deps: AuditsDeps;
  readonly #running = new Map<string, Running>();

  constructor(deps: AuditsDeps) {
    this.#deps = deps;
  }

  /** What a process that ended left running. Called once, at the start. */
  recover(): Promise<void> {
    return this.#deps.store.securityAudits.interrupt(this.#deps.clock.now());
  }

  /** Begins one and returns its id. Fault `limit_exceeded` while two run. */
  async start(assignment: Assignment, startedBy: string): Promise<string> {
    if (this.#running.size >= MOST_AT_ONCE)
      throw new Fault('limit_exceeded', {
        says: `${MOST_AT_ONCE} audits run already: wait for one, or cancel it`,
      });
    const { store, clock } = this.#deps;
    const startedAt = clock.now();
    const id = uuidv7(startedAt);
    const stop = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    // Counted before anything is waited for: two that come at once are two.
    this.#running.set(id, { stop, ended, progress: undefined });
    try {
      const nothing = { endedAt: undefined, reason: undefined, report: undefined };
      const { href: url } = assignment.url;
      await store.securityAudits.add({ id, url, startedBy, startedAt, state: 'running', ...nothing });
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
    void this.#run(id, assignment, stop.signal).finally(resolve);
    return id;
  }

  async #run(id: string, assignment: Assignment, stopped: AbortSignal): Promise<void> {
    const { store, egress, clock, isPrivateAllowed, onProblem } = this.#deps;
    try {
      const ended = await audit(assignment, {
        ...{ egress, clock, isPrivateAllowed },
        signal: AbortSignal.any([stopped, AbortSignal.timeout(LONGEST_MS)]),
        onProgress: progress => {
          const running = this.#running.get(id);
          if (running) running.progress = progress;
        },
      });
      this.#note(assignment, ended);
      await store.securityAudits.end(id, { ...outcomeOf(ended), endedAt: clock.now() });
    } catch (error) {
      onProblem(error);
      const failed = { state: 'failed', reason: 'a defect of the auditor', report: undefined } as const;
      await store.securityAudits.end(id, { ...failed, endedAt: clock.now() }).catch(onProblem);
    } finally {
      this.#running.delete(id);
    }
  }

  #note({ url }: Assignment, ended: Ended): void {
    if (ended.kind !== 'unreachable' || ended.why !== BLOCKED) return;
    const detail = { host: url.host, by: 'security_auditor' };
    this.#deps.ledger.event({ type: 'ssrf_blocked', severity: 'high', detail });
  }

  progress(id: string): Progress | undefined {
    return this.#running.get(id)?.progress;
  }

  /** Resolves when it has ended; `false`: it does not run. */
  async cancel(id: string): Promise<boolean> {
    const running = this.#running.get(id);
    running?.stop.abort();
    await running?.ended;
    return running !== undefined;
  }

  /** Resolves when one that runs has ended by itself. */
  async ended(id: string): Promise<void> {
    await this.#running.get(id)?.ended;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(id => this.cancel(id)));
  }
}
