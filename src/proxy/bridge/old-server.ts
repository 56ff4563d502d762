import { Fault } from '../../base/index.ts';
import { isObject, LOG_LEVELS, META, type Params } from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { type RelayDeps, relay } from '../relay/relay.ts';
import { checkParamHeaders } from '../relay/translate.ts';
import type { OnePlan } from '../route.ts';
import { toLegacyCall } from './convert-call.ts';
import type { Parked } from './parked.ts';
import { type Outcome, ParkedCall, send } from './parked-call.ts';
import { runAsTask } from './run-as-task.ts';

export type OldServerDeps = RelayDeps & { readonly parked: Parked; readonly own: Params };

function logLevelOf({ message }: RequestCall): string | undefined {
  const meta = isObject(message.params._meta) ? message.params._meta : {};
  const level = meta[META.logLevel];
  if (level === undefined) return undefined;
  if (typeof level === 'string' && LOG_LEVELS.includes(level)) return level;
  throw new Fault('invalid_params', {
    says: `Invalid params: ${META.logLevel} must be one of ${LOG_LEVELS.join(', ')}`,
  });
}

function begin(call: RequestCall, plan: OnePlan, out: Out, deps: OldServerDeps): Promise<Outcome> {
  const converted = {
    ...toLegacyCall(call, plan.profile),
    entry: { ...call.entry },
    logLevel: logLevelOf(call),
  };
  const { pending, parked, own, ledger, detecting } = deps;
  const { principal } = call.caller;
  return new Promise(settle => {
    const running = new ParkedCall(
      { call, out, settle },
      {
        parked,
        serverInfo: call.place.kind === 'one' ? (plan.upstream.hello?.serverInfo ?? own) : own,
        asker: { entry: plan.upstream.entry, principal, ledger, detecting },
        entry: converted.entry,
        answer: (id, response) => void pending.answer(id, principal, response),
      },
    );
    const run = plan.target.traits?.needsTask ? runAsTask : relay;
    run(converted, plan, running, deps).then(
      () => running.ended(undefined),
      thrown => running.ended(thrown),
    );
  });
}

/**
 * Calls a server of 2025 for a client of 2026, or goes on with such a call where the client comes back with answers.
 * Faults: those of `relay`, `header_mismatch`, `invalid_params`, `limit_exceeded` where too many calls are parked.
 */
export async function callOldServer(
  call: RequestCall,
  plan: OnePlan,
  out: Out,
  deps: OldServerDeps,
): Promise<void> {
  checkParamHeaders(call, plan);
  const isRetry = call.message.params.requestState !== undefined && call.row.by !== 'ref';
  const outcome = isRetry
    ? await deps.parked.resume(call, { call, out })
    : await begin(call, plan, out, deps);
  send(outcome, { call, out });
}
