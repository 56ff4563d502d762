import type { Entry, ServerSpan, Tracer } from '../../ledger/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import type { TryOutcome } from '../relay/answer-relay.ts';
import type { OnePlan } from '../route.ts';

/** Where the server is, in the words of OpenTelemetry. */
function addressOf({ name, transport }: ServerEntry) {
  const server = { 'authmcp.server': name };
  if (transport.kind === 'stdio') return { ...server, 'network.transport': 'pipe' };
  const { hostname, port, protocol } = new URL(transport.url);
  return {
    ...server,
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  };
}

/** The span of a request to a server; undefined where the client's request is not recorded. */
export function spanOf(call: RequestCall, plan: OnePlan, tracer: Tracer | undefined): ServerSpan | undefined {
  return tracer?.ask(call.entry, {
    method: call.message.method,
    target: call.row.by === undefined ? undefined : plan.target.original,
    revision: plan.profile.revision,
    attributes: addressOf(plan.upstream.entry),
  });
}

/** How one try ended; what an answer says of itself stands in the entry. */
export function howOf(outcome: TryOutcome, entry: Entry): Parameters<ServerSpan['end']>[0] {
  if (outcome.kind === 'lost') return { outcome: 'error', fault: 'session_lost', code: undefined };
  if (outcome.kind === 'done') return { outcome: entry.outcome, fault: undefined, code: entry.code };
  const { fault, code } = outcome.fault;
  return { outcome: 'error', fault, code };
}
