import { Fault } from '../../base/index.ts';
import { itemOf } from '../../catalogue/index.ts';
import { ownerOf, type RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { exposedUri } from '../place.ts';
import { mayStillUse } from '../relay/in-flight.ts';
import type { OnePlan, RouteDeps } from '../route.ts';

/** Changes that one client session may listen to at once. */
const MAX_URIS = 1_000;

function say(call: RequestCall, body: string): string {
  return `{"jsonrpc":"2.0","id":${call.message.idText},${body}}`;
}

/**
 * `resources/subscribe` and `resources/unsubscribe` of a 2025 client, whatever its server speaks: the changes come on the
 * client's own stream. Faults: `invalid_request` without a session, `method_not_found` where the server tells of none.
 */
export async function subscribeResource(
  call: RequestCall,
  plan: OnePlan,
  out: Out,
  deps: RouteDeps,
): Promise<void> {
  const state = call.session?.state;
  const { uri } = call.message.params;
  if (!state || typeof uri !== 'string')
    throw new Fault('invalid_request', { says: 'A subscription needs a session' });
  const { upstream, target } = plan;
  if (call.message.method === 'resources/unsubscribe') {
    state.unsubscribe(uri);
    return out.json(say(call, '"result":{}'));
  }
  if (state.isSubscribed(uri)) return out.json(say(call, '"result":{}'));
  if (state.subscribed >= MAX_URIS)
    throw new Fault('limit_exceeded', { status: 200, says: 'Too many subscriptions in one session' });
  const got = await upstream.subscribe(ownerOf(call, plan.profile), target.original, updated => {
    const told = { server: target.server, item: itemOf('resource', updated) };
    if (!mayStillUse(call.caller, told, deps.live.current())) return;
    const exposed =
      updated === target.original ? uri : exposedUri(updated, call.place, upstream.entry, deps.catalogue);
    const params = { uri: exposed };
    state.stream?.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params }));
  });
  if (got.kind === 'yes') {
    state.subscribe(uri, got.stop);
    return out.json(say(call, '"result":{}'));
  }
  if (got.reply?.kind !== 'error')
    throw new Fault('method_not_found', { says: 'The server does not tell of changes of this resource' });
  call.entry.outcome = 'error';
  call.entry.code = got.reply.code;
  const { code, message, data } = got.reply;
  out.json(say(call, `"error":${JSON.stringify({ code, message, ...(data !== undefined && { data }) })}`));
}
