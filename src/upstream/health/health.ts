import type { Status } from '../breaker.ts';
import type { Upstream } from '../upstream.ts';
import type { FailingPart } from './parts.ts';
import type { LastError, Mishap } from './vitals.ts';

/**
 * `degraded`: it answers, but slowly, not always, or not to everybody; `parked`: it refuses the credential, and waits
 * for a person; `unknown`: it was never asked.
 */
export type HealthState = 'online' | 'degraded' | 'down' | 'parked' | 'unknown';

/** Why a server is not simply online. `accounts`: it refuses the accounts of some people. */
export type HealthReason = Mishap | FailingPart | 'failing' | 'slow' | 'accounts';

/** How a server is now. Times in milliseconds since the epoch. */
export type Health = {
  readonly state: HealthState;
  readonly reason: HealthReason | undefined;
  readonly since: number | undefined;
  /** When it last answered or failed to. */
  readonly checkedAt: number | undefined;
  /** How long it took for the last of the gateway's own requests. */
  readonly latencyMs: number | undefined;
  readonly lastError: LastError | undefined;
};

export type Verdict = Pick<Health, 'state' | 'reason'>;

/** The reasons in words for people. */
export const HEALTH_SAYS: Readonly<Record<HealthReason, string>> = {
  unreachable: 'The server cannot be reached',
  timeout: 'The server did not answer in time',
  refused: 'The server refuses the credential; it is not asked often until somebody changes it',
  blocked: 'The address of the server is not allowed',
  invalid: 'What answers there does not speak MCP',
  crashed: 'The program ended by itself',
  error: 'The server answered with an HTTP status of trouble',
  failing: 'A part of the requests to the server fails',
  'failing-2025': 'Requests of the 2025 revisions to the server fail, while others are answered',
  'failing-2026': 'Requests of 2026-07-28 to the server fail, while others are answered',
  'failing-calls': 'Calls of tools fail, while other requests to the server are answered',
  'failing-prompts': 'Requests for prompts fail, while other requests to the server are answered',
  'failing-resources': 'Reading resources fails, while other requests to the server are answered',
  'failing-lists': 'Lists cannot be read, while other requests to the server are answered',
  slow: 'The server answers slowly',
  accounts: 'The server refuses the accounts of some people',
};

function verdictOn(status: Status): Verdict {
  if (status.state === 'unknown') return { state: 'unknown', reason: undefined };
  if (status.state === 'ready') return { state: 'online', reason: undefined };
  return { state: status.reason === 'refused' ? 'parked' : 'down', reason: status.reason };
}

/** Of one way to a server: what the breaker says, and how well it is answered where it is open. */
export function verdictOf({ status, leg }: Upstream, slowMs: number): Verdict {
  const verdict = verdictOn(status);
  const trouble = verdict.state === 'online' ? leg.vitals.trouble(slowMs) : undefined;
  return trouble ? { state: 'degraded', reason: trouble } : verdict;
}

const GOOD: readonly HealthState[] = ['online', 'degraded'];

/** Of a server where each person has an account: what their ways to it have in common. */
export function verdictOfAll(verdicts: readonly Verdict[]): Verdict {
  const known = verdicts.filter(({ state }) => state !== 'unknown');
  const good = known.filter(({ state }) => GOOD.includes(state));
  const bad = known.find(({ state }) => !GOOD.includes(state));
  if (bad && good.length > 0) return { state: 'degraded', reason: 'accounts' };
  return bad ?? good.find(({ state }) => state === 'degraded') ?? known[0] ?? verdictOn({ state: 'unknown' });
}
