import { type Clock, Fault } from '../base/index.ts';
import type { Exchange } from '../http/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Caller } from '../policy/index.ts';
import { createBuckets } from '../shared/index.ts';

export type Limits = {
  readonly isEnabled: boolean;
  /** Requests of one principal per window (seconds), and how many may come at once. */
  readonly mcp: { readonly max: number; readonly window: number; readonly burst: number };
  /** Refused credentials of one address per window (seconds). */
  readonly failed: { readonly max: number; readonly window: number };
};

export type Admission = {
  /** `n` requests at once, 1 unless said. */
  admit(caller: Caller, exchange: Exchange, n?: number): void;
  noteRefused(exchange: Exchange): void;
};

/** Who asks too often is told so, with the time to wait. Fault `limit_exceeded`. */
export function createAdmission(limits: Limits, clock: Clock, ledger: Ledger): Admission {
  const { mcp, failed } = limits;
  const calls = createBuckets({
    capacity: Math.min(mcp.burst, mcp.max),
    refillPerSecond: mcp.max / mcp.window,
    clock,
  });
  const refusals = createBuckets({
    capacity: failed.max,
    refillPerSecond: failed.max / failed.window,
    clock,
  });
  const refuse = (retryAfterMs: number, principal: string | undefined, address: string): never => {
    ledger.event({ type: 'rate_limited', severity: 'low', principal, address, detail: {} });
    throw new Fault('limit_exceeded', { says: 'Too many requests', data: { retryAfterMs } });
  };
  return {
    admit(caller, exchange, n = 1) {
      if (!limits.isEnabled) return;
      const taken = calls.take(caller.principal, n);
      if (!taken.ok) refuse(taken.retryAfterMs, caller.principal, exchange.address);
    },
    noteRefused(exchange) {
      if (!limits.isEnabled) return;
      const taken = refusals.take(exchange.address);
      if (!taken.ok) refuse(taken.retryAfterMs, undefined, exchange.address);
    },
  };
}
