import type { Clock, ServerName } from '../../base/index.ts';
import type { Ledger, SecurityEvent } from '../../ledger/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import type { Store } from '../../store/index.ts';
import { credentialExpiry } from '../entry/credential-hint.ts';
import type { Connections } from '../oauth/connections.ts';
import type { Upstreams } from '../upstreams.ts';

const EVERY_MS = 60_000;
const FIRST_MS = 500;
const DAY_MS = 86_400_000;
/** So many of the last events about one server are looked through for one that was told before. */
const MOST_TOLD = 100;

type Stage = {
  readonly leftMs: number;
  readonly stage: 'ended' | 'day' | 'week';
  readonly severity: SecurityEvent['severity'];
};

/** The most urgent first. */
const STAGES: readonly Stage[] = [
  { leftMs: 0, stage: 'ended', severity: 'high' },
  { leftMs: DAY_MS, stage: 'day', severity: 'high' },
  { leftMs: 7 * DAY_MS, stage: 'week', severity: 'medium' },
];

type Deps = {
  readonly upstreams: Upstreams;
  readonly connections: Pick<Connections, 'listAt'>;
  readonly store: Pick<Store, 'ledger'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onProblem: (problem: unknown) => void;
};

/** Warns a week and a day before a credential for a server ends that nobody renews by themselves, and when it has. */
export class CredentialWatch {
  readonly #deps: Deps;
  readonly #told = new Map<ServerName, string>();
  readonly #first: NodeJS.Timeout;
  readonly #timer: NodeJS.Timeout;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#first = setTimeout(() => void this.#look(), FIRST_MS).unref();
    this.#timer = setInterval(() => void this.#look(), EVERY_MS).unref();
  }

  close(): void {
    clearTimeout(this.#first);
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const { entry } of this.#deps.upstreams.all()) {
      try {
        await this.#lookAt(entry);
      } catch (problem) {
        this.#deps.onProblem(problem);
      }
    }
  }

  async #lookAt(entry: ServerEntry): Promise<void> {
    const expiresAt = await this.#expiryOf(entry);
    if (expiresAt === undefined) return;
    const left = expiresAt - this.#deps.clock.now();
    const due = STAGES.find(({ leftMs }) => left <= leftMs);
    const key = `${due?.stage} ${expiresAt}`;
    if (!due || this.#told.get(entry.name) === key) return;
    this.#told.set(entry.name, key);
    const detail = { stage: due.stage, expires_at: new Date(expiresAt).toISOString() };
    if (await this.#wasTold(entry.name, detail)) return;
    this.#deps.ledger.event({
      type: 'credential_expiry',
      severity: due.severity,
      server: entry.name,
      detail,
    });
  }

  /** Of the gateway's own credential: a fixed one, or an account that cannot be refreshed. */
  async #expiryOf({ name, auth }: ServerEntry): Promise<number | undefined> {
    if (auth.kind !== 'oauth') {
      const expiry = credentialExpiry(auth);
      return typeof expiry === 'number' ? expiry : undefined;
    }
    if (auth.per !== 'gateway' || auth.grant === 'client_credentials') return undefined;
    const own = (await this.#deps.connections.listAt(name)).find(({ person }) => person === undefined);
    return own?.state === 'connected' && !own.isRefreshable ? own.expiresAt : undefined;
  }

  /** By this process before it started anew, or by another one. */
  async #wasTold(server: ServerName, detail: object): Promise<boolean> {
    const type = 'credential_expiry';
    const { rows } = await this.#deps.store.ledger.events({ type, server, limit: MOST_TOLD });
    return rows.some(row => row.detail === JSON.stringify(detail));
  }
}
