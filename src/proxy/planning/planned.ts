import { type RequestCall, sessionOf } from '../call.ts';
import { type InspectDeps, inspect } from '../inspecting/inspect.ts';
import type { Out } from '../out.ts';
import { accessEnded, type InFlight } from '../relay/in-flight.ts';
import { isKnown, type OnePlan, probed, type RouteDeps, route, type Views } from '../route.ts';
import { onServerTime } from '../trace/server-time.ts';

export type PlanDeps = RouteDeps & InspectDeps & { readonly views: Views; readonly inFlight: InFlight };
type Go = (plan: OnePlan) => Promise<void>;

/** Goes on when it is known who gets the call and in which era it is said there; mostly that is known at once. */
export function planned(call: RequestCall, out: Out, deps: PlanDeps, go: Go): Promise<void> {
  const plan = route(call, deps.views, deps);
  inspect(call, deps);
  return isKnown(plan, call.profile) ? go(plan) : whenKnown({ call, plan, out, go }, deps);
}

type Waiting = {
  readonly call: RequestCall;
  readonly plan: OnePlan;
  readonly out: Out;
  readonly go: Go;
};

/** A server may let the question wait for what it speaks; whoever lost the right meanwhile is not kept waiting. */
async function whenKnown({ call, plan, out, go }: Waiting, { inFlight }: PlanDeps): Promise<void> {
  const server = plan.upstream.entry.name;
  const { promise: ended, resolve: cancel, reject } = Promise.withResolvers<undefined>();
  const release = inFlight.add({
    request: call.exchange.id,
    session: sessionOf(call),
    id: call.message.id,
    caller: call.caller,
    server,
    item: plan.target.item,
    cancel: () => cancel(undefined),
    revoke: () => reject(accessEnded(server, false)),
  });
  try {
    const known = await onServerTime(call.entry, Promise.race([probed(plan, call.profile), ended]));
    // What goes to the server is in flight by itself from here on.
    return known ? go(known) : takenBack(call, out);
  } finally {
    release();
  }
}

async function takenBack({ entry }: RequestCall, out: Out): Promise<void> {
  entry.outcome = 'cancelled';
  if (!out.hasStarted) out.startStream();
  out.end();
}
