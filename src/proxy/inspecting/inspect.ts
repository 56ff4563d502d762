import { Fault } from '../../base/index.ts';
import type { Finding, Inspector, Ledger, PayloadDetector } from '../../ledger/index.ts';
import type { RequestCall } from '../call.ts';

export type Attitude = 'off' | 'log' | 'block';

/** What is done about each thing that a call may carry, or its server ask meanwhile, as the settings are now. */
export type Detecting = {
  attitude(detector: PayloadDetector | 'elicitation_url' | 'elicitation_secret'): Attitude;
  mostBytes(): number;
};

export type InspectDeps = {
  readonly inspector: Inspector;
  readonly detecting: Detecting;
  readonly ledger: Ledger;
};

/** More of it says nothing more. */
const MOST_TOLD = 20;

const RANK: readonly Finding['severity'][] = ['low', 'medium', 'high', 'critical'];

function worstOf(found: readonly Finding[]): Finding['severity'] {
  return RANK[Math.max(...found.map(({ severity }) => RANK.indexOf(severity)))] ?? 'low';
}

function tell(call: RequestCall, found: readonly Finding[], isRefused: boolean, ledger: Ledger): void {
  const { entry, exchange } = call;
  const { principal, server, target, method } = entry;
  ledger.event({
    type: 'suspicious_payload',
    severity: worstOf(found),
    ...{ principal, server, address: exchange.address },
    // Where and of which kind, and not what: it may be a secret (C22).
    detail: {
      ...{ method, target, flags: [...new Set(found.map(({ detector }) => detector))] },
      found: found
        .slice(0, MOST_TOLD)
        .map(({ detector, kind, place, at }) => ({ detector, kind, place, at })),
      action: isRefused ? 'blocked' : 'logged',
    },
  });
}

/** Looks through what a call carries, before its server sees it. Fault `payload_refused` where a detector blocks. */
export function inspect(call: RequestCall, { inspector, detecting, ledger }: InspectDeps): void {
  const found = inspector(call.message, {
    isOn: detector => detecting.attitude(detector) !== 'off',
    mostBytes: detecting.mostBytes(),
  });
  if (found.length === 0) return;
  const refused = found.find(({ detector }) => detecting.attitude(detector) === 'block');
  tell(call, found, refused !== undefined, ledger);
  if (!refused) return;
  const { detector, kind, place, at } = refused;
  const { server } = call.entry;
  throw new Fault('payload_refused', {
    says: `It looks like an attack and was not sent on: ${kind} in ${place === '' ? 'the parameters' : place}`,
    data: { ...(server !== undefined && { server }), detector, place, at, mayHaveRun: false },
  });
}
