import type { Clock, Secret } from '../base/index.ts';
import type { Egress } from '../http/index.ts';
import { type Area, type Check, type Outcome, SEVERITIES, type Severity, skipped } from './check.ts';
import { CHECKS } from './checks.ts';
import { brief, type Era } from './speech.ts';
import { Subject } from './subject.ts';
import { Wire } from './wire.ts';

/** What one check says of the server. */
export type Verdict = {
  readonly check: string;
  readonly area: Area;
  readonly severity: Severity;
  readonly title: string;
  readonly outcome: Outcome['kind'];
  /** Of what was found; why it was skipped. */
  readonly evidence: readonly string[];
  readonly why: string;
  readonly fix: string;
  readonly reference: string;
};

export type Report = {
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly eras: readonly Era[];
  readonly server: string | undefined;
  readonly withToken: boolean;
  readonly requests: number;
  readonly verdicts: readonly Verdict[];
};

export type Progress = { readonly done: number; readonly of: number; readonly check: string };

export type Assignment = {
  readonly url: URL;
  readonly token?: Secret | undefined;
  readonly otherToken?: Secret | undefined;
  /** Tools that are not read-only may be called as well. */
  readonly mayCall?: boolean;
  readonly burst?: number;
  /** Checks to leave out. */
  readonly without?: readonly string[];
};

export type AuditDeps = {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly isPrivateAllowed: (url: URL) => boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly timeoutMs?: number;
};

export type Ended =
  | { readonly kind: 'done'; readonly report: Report }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'cancelled' };

const TIMEOUT_MS = 10_000;
const BURST = 600;

export const checkIds: readonly string[] = CHECKS.map(({ id }) => id);

async function lookAt(check: Check, subject: Subject): Promise<Verdict> {
  const { id, look, ...rest } = check;
  const outcome = await look(subject);
  const evidence =
    outcome.kind === 'found' ? outcome.evidence : outcome.kind === 'skipped' ? [outcome.why] : [];
  const { area, severity, title, why, fix, reference } = rest;
  return { check: id, area, severity, title, outcome: outcome.kind, evidence, why, fix, reference };
}

/** Whether anything answers there at all, and as what. */
async function whyNot(subject: Subject): Promise<string | undefined> {
  const said = await subject.stranger();
  if (said.kind === 'none') return said.why;
  const eras = await subject.eras();
  const isGuarded = said.status === 401 || said.status === 403;
  if (eras.length === 0 && !isGuarded && said.message === undefined)
    return `it does not speak MCP: ${brief(said).slice(0, 3)}`;
  return undefined;
}

/** Needs somebody who is known, where a server lets in nobody else. */
const FOR_STRANGERS: ReadonlySet<Area> = new Set(['transport', 'authorization']);

/**
 * Looks at a server as a stranger and, with a token, as somebody who is known: every check once, one after the other.
 * No tool is called that does not say that it only reads, unless `mayCall`.
 */
export async function audit(assignment: Assignment, deps: AuditDeps): Promise<Ended> {
  const { egress, clock, isPrivateAllowed, signal, onProgress, timeoutMs = TIMEOUT_MS } = deps;
  const { url, token, otherToken, mayCall = false, burst = BURST, without = [] } = assignment;
  const startedAt = clock.now();
  const wire = new Wire({ egress, isPrivateAllowed, timeoutMs, signal });
  const subject = new Subject({ url, wire, token, otherToken, mayCall, burst });
  const why = await whyNot(subject);
  if (signal.aborted) return { kind: 'cancelled' };
  if (why !== undefined) return { kind: 'unreachable', why };
  const eras = await subject.eras();
  const checks = CHECKS.filter(({ id }) => !without.includes(id));
  const verdicts: Verdict[] = [];
  for (const [done, check] of checks.entries()) {
    onProgress?.({ done, of: checks.length, check: check.title });
    const isOpen = eras.length > 0 || FOR_STRANGERS.has(check.area);
    const shut = skipped('nobody whom it knows could look at it');
    verdicts.push(await lookAt(isOpen ? check : { ...check, look: async () => shut }, subject));
    if (signal.aborted) return { kind: 'cancelled' };
  }
  const { serverInfo } = (await subject.session())?.hello ?? {};
  const { name, version } = (serverInfo ?? {}) as { readonly name?: unknown; readonly version?: unknown };
  const server = name === undefined ? undefined : [name, version].filter(one => one !== undefined).join(' ');
  const ended = { startedAt, endedAt: clock.now(), requests: wire.count };
  return {
    kind: 'done',
    report: { url: url.href, ...ended, eras, server, withToken: token !== undefined, verdicts },
  };
}

/** What was found, the worst first. */
export function findingsOf({ verdicts }: Report): readonly Verdict[] {
  const rank = ({ severity }: Verdict) => SEVERITIES.indexOf(severity);
  return verdicts.filter(({ outcome }) => outcome === 'found').sort((a, b) => rank(a) - rank(b));
}
