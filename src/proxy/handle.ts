import { type Clock, Fault, toFault } from '../base/index.ts';
import { type Exchange, header, type Route, sendRefusal, sendRpcFault } from '../http/index.ts';
import type { Entry, Ledger, Log } from '../ledger/index.ts';
import type { Caller } from '../policy/index.ts';
import type { Admission } from './admission.ts';
import { AskingOut } from './asking/asking-out.ts';
import { answerBatch, type Hearing } from './batch/batch.ts';
import { endPart } from './batch/part.ts';
import { callNewServer, type NewServerDeps } from './bridge/new-server.ts';
import { callOldServer, type OldServerDeps } from './bridge/old-server.ts';
import { isOfOlderTerms, OlderOut } from './bridge/older-out.ts';
import { type Call, type Context, isRequest, openEntry, type RequestCall, type Trail } from './call.ts';
import { asToolCall } from './compat/named-tool.ts';
import { type ConnectDeps, connected } from './connect/unconnected.ts';
import { answerHere, answerList, type HereDeps, whenRead } from './here.ts';
import type { InspectDeps } from './inspecting/inspect.ts';
import { counted } from './limits/counted.ts';
import { HttpOut, type Out } from './out.ts';
import { type Place, placeOf, spelt } from './place.ts';
import { planned } from './planning/planned.ts';
import { type ReadDeps, read } from './read.ts';
import { noteFault } from './refusal-events.ts';
import { CollectOut } from './relay/collect-out.ts';
import type { Deduplicator } from './relay/deduplicate.ts';
import { LinkingOut } from './relay/links.ts';
import { type RelayDeps, relay } from './relay/relay.ts';
import { type OnePlan, type RouteDeps, requirePlace, route } from './route.ts';
import { end } from './session/end.ts';
import { hearOnLine, openLine, type SseDeps, ssePlaceOf } from './sse/sse-door.ts';
import { type ListenDeps, listen } from './stream/listen.ts';
import { subscribeResource } from './stream/resource-subscriptions.ts';
import { type SubscribeDeps, subscribe } from './stream/subscribe.ts';
import { type ListTasksDeps, listTasks } from './tasks/list-tasks.ts';
import { answerOf, planTask, withTasks } from './tasks/tasks.ts';
import { notify, setLevel } from './to-sessions.ts';

export type ProxyDeps = RouteDeps &
  HereDeps &
  ReadDeps &
  RelayDeps &
  OldServerDeps &
  NewServerDeps &
  ListenDeps &
  SseDeps &
  SubscribeDeps &
  ListTasksDeps &
  InspectDeps &
  Admission &
  ConnectDeps & {
    readonly ledger: Ledger;
    readonly clock: Clock;
    readonly log: Log;
    readonly deduplicator: Deduplicator;
    /** Who calls, from headers alone. Throws `unauthorized` and `insufficient_scope`. */
    authenticate(
      authorization: string | undefined,
      place: Place,
      exchange: Exchange,
    ): Caller | Promise<Caller>;
    /** `WWW-Authenticate` for such a fault. */
    challenge(fault: Fault, place: Place, exchange: Exchange): string;
  };

/** The MCP endpoints as a route of the front door. */
export function createProxy(deps: ProxyDeps): Route {
  return exchange => {
    const place = placeOf(exchange.path);
    const sse = place ? undefined : ssePlaceOf(exchange.path);
    if (place) void handle({ exchange, place, serve }, deps);
    else if (sse)
      void handle({ exchange, place: sse.place, serve: sse.isMessages ? serveMessages : serveLine }, deps);
    return place !== undefined || sse !== undefined;
  };
}

type Request = {
  readonly exchange: Exchange;
  readonly place: Place;
  readonly serve: (context: Context, deps: ProxyDeps) => Promise<void> | void;
};

/** The path of a request, from its arrival to its end. Whatever is thrown on it is said here and nowhere else. */
async function handle({ exchange, place: given, serve: serveIt }: Request, deps: ProxyDeps): Promise<void> {
  const place = spelt(given, deps.live.current().spellings);
  const entry = openEntry(exchange, deps.ledger);
  const trail: Trail = {};
  try {
    const caller = await authenticate(exchange, place, entry, deps);
    deps.admit(caller, exchange);
    requirePlace(caller, place, deps.live);
    await serveIt({ exchange, place, caller, entry, trail }, deps);
    deps.settle(caller, entry);
    if (!trail.isToldInParts) deps.ledger.close(entry);
  } catch (thrown) {
    refuse({ exchange, place, entry, trail }, thrown, deps);
  }
}

async function authenticate(
  exchange: Exchange,
  place: Place,
  entry: Entry,
  deps: ProxyDeps,
): Promise<Caller> {
  try {
    const found = deps.authenticate(header(exchange.request, 'authorization'), place, exchange);
    const caller = found instanceof Promise ? await found : found;
    entry.principal = caller.principal;
    entry.userName = caller.name;
    entry.credential = caller.credential.id;
    entry.client = caller.client;
    entry.knownMs = performance.now() - entry.startedAt;
    return caller;
  } catch (thrown) {
    if (toFault(thrown).fault === 'unauthorized') deps.noteRefused(exchange);
    throw thrown;
  }
}

/** By HTTP method; GET and DELETE are operations of the 2025 revisions. */
function serve(context: Context, deps: ProxyDeps): Promise<void> | void {
  switch (context.exchange.request.method) {
    case 'POST':
      return post(context, deps);
    case 'GET':
      context.entry.method = 'GET';
      deps.seat(context.caller, context.exchange, 'stream');
      return isOlder(context) ? openLine(context, deps) : listen(context, deps);
    case 'DELETE':
      context.entry.method = 'DELETE';
      return end(context, deps);
    default:
      throw notAllowed(context, 'GET, POST, DELETE');
  }
}

function notAllowed({ exchange }: Context, methods: string): Fault {
  exchange.response.setHeader('allow', methods);
  return new Fault('method_not_allowed');
}

/**
 * Whoever was given no session has not said `initialize` here: a client of HTTP+SSE, which looks at the server's own
 * address for the `endpoint` event (2025-11-25 transports, "Backwards Compatibility"). Others skip that event.
 */
function isOlder({ exchange }: Context): boolean {
  const { headers } = exchange.request;
  return headers['mcp-session-id'] === undefined && headers['last-event-id'] === undefined;
}

/** The stream of HTTP+SSE. A POST here is refused in a way that tells a client which transport this is. */
async function serveLine(context: Context, deps: ProxyDeps): Promise<void> {
  if (context.exchange.request.method !== 'GET') throw notAllowed(context, 'GET');
  context.entry.method = 'GET';
  deps.seat(context.caller, context.exchange, 'stream');
  return openLine(context, deps);
}

/** The messages of HTTP+SSE. */
async function serveMessages(context: Context, deps: ProxyDeps): Promise<void> {
  if (context.exchange.request.method !== 'POST') throw notAllowed(context, 'POST');
  return hearOnLine(context, hearing(deps), deps);
}

function hearing(deps: ProxyDeps): Hearing {
  return {
    respond: async (call, out) => respond(call, out, deps),
    hear: call => hear(call, deps),
    ended: (part, fault) => endPart(part, fault, deps),
  };
}

/** Only what a server answers can be a stream. */
const RELAYED: ReadonlySet<RequestCall['row']['goes']> = new Set(['one', 'task', 'named']);

async function post(context: Context, deps: ProxyDeps): Promise<void> {
  const reading = await read(context, deps);
  if (reading.isBatch) {
    // The first message of a batch was counted when the request came.
    deps.admit(context.caller, context.exchange, reading.calls.length - 1);
    return answerBatch(context, reading.calls, hearing(deps), deps.stallMs);
  }
  const { call } = reading;
  if (!isRequest(call)) return accept(call, deps);
  const out = new HttpOut(context.exchange, call.message.idText, deps.stallMs);
  context.trail.out = out;
  if (call.session) out.recordBy(deps.recordings, call, 'post');
  if (takesStream(context) || !RELAYED.has(call.row.goes)) await respond(call, out, deps);
  else out.json(await collect(call, part => respond(call, part, deps)));
  context.entry.bytesOut = out.bytes;
}

/** Notifications and answers to a server's questions: 202 without a body. */
function accept(call: Exclude<Call, RequestCall>, deps: ProxyDeps): void {
  hear(call, deps);
  call.entry.status = 202;
  call.exchange.response.writeHead(202, { 'content-length': 0 });
  call.exchange.response.end();
}

function hear(call: Exclude<Call, RequestCall>, deps: ProxyDeps): void {
  if (call.message.kind === 'response')
    deps.pending.answer(
      String(call.message.id),
      call.caller.principal,
      answerOf(call, call.message, deps.tasks),
    );
  else notify({ ...call, message: call.message, row: 'row' in call ? call.row : undefined }, deps.inFlight);
}

/**
 * Answers one request. What differs between methods stands in their table. Not `async`, as are others on the path of a
 * call that only hand a promise on: each more in the chain costs each call.
 */
function respond(call: RequestCall, out: Out, deps: ProxyDeps): Promise<void> {
  deps.views.openAccounts(call.caller);
  switch (call.row.goes) {
    case 'here':
      return answerHere(call, out, deps);
    case 'list':
      return answerList(call, call.row.list ?? 'tools', out, deps);
    case 'one':
      return whenRead(call, deps, () =>
        connected(call, out, deps, own => planned(own, out, deps, plan => toOne(own, plan, out, deps))),
      );
    case 'named':
      return whenRead(call, deps, () => respond(asToolCall(call, deps.views.of(call)), out, deps));
    case 'task':
      return connected(call, out, deps, own => toServer(own, planTask(own, deps), out, deps));
    case 'tasks':
      return listTasks(call, out, deps);
    case 'subscription':
      return connected(call, out, deps, own =>
        planned(own, out, deps, plan => subscribeResource(own, plan, out, deps)),
      );
    case 'sessions':
      return setLevel(call, out);
    case 'listen':
      if (!takesStream(call) || !out.takesMessages) throw new Fault('not_acceptable');
      deps.seat(call.caller, call.exchange, 'listen');
      return subscribe(call, out, deps);
  }
}

function toOne(call: RequestCall, plan: OnePlan, to: Out, deps: ProxyDeps): Promise<void> {
  const { deduplicator, views, links } = deps;
  const isOneOfMany = call.place.kind === 'all' && call.row.kind !== undefined;
  const older = isOfOlderTerms(call) ? new OlderOut(to, call.profile.revision) : to;
  const out = isOneOfMany ? new LinkingOut(older, { call, plan, view: () => views.of(call), links }) : older;
  if (!deduplicator.concerns(call, plan)) return toServer(call, plan, out, deps);
  return deduplicator.run(call, plan, out, part => toServer(call, plan, part, deps));
}

/** What goes to a server is counted as long as it runs. */
function toServer(call: RequestCall, plan: OnePlan, out: Out, deps: ProxyDeps): Promise<void> {
  const leave = deps.enter(call, plan);
  return leave ? counted(leave, () => send(call, plan, out, deps)) : send(call, plan, out, deps);
}

/** The way to the server: its own words where it speaks the client's era, a bridge where it does not. */
function send(call: RequestCall, plan: OnePlan, out: Out, deps: ProxyDeps): Promise<void> {
  call.entry.serverEra = plan.profile.era;
  if (call.profile.era === 'modern' && plan.profile.era === 'legacy')
    return callOldServer(call, plan, out, deps);
  const { ledger, detecting } = deps;
  const asker = { entry: plan.upstream.entry, principal: call.caller.principal, ledger, detecting };
  const looking = new AskingOut(out, asker, call.profile.era === 'modern');
  if (plan.profile.era === call.profile.era)
    return relay(call, plan, withTasks(call, plan, looking, deps.tasks), deps);
  const replan = (): OnePlan => route(call, deps.views, deps);
  return callNewServer(call, { plan, replan }, looking, deps);
}

/** The answer as one JSON text, for whoever takes no event stream. */
function collect(call: RequestCall, work: (out: Out) => Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    const done = (json: string, fault: Fault | undefined): void => (fault ? reject(fault) : resolve(json));
    const out = new CollectOut({ idText: call.message.idText, requestId: call.exchange.id, done });
    work(out).catch(reject);
  });
}

function takesStream({ exchange }: Pick<Context, 'exchange'>): boolean {
  return header(exchange.request, 'accept')?.includes('text/event-stream') === true;
}

function refuse(context: Omit<Context, 'caller'>, thrown: unknown, deps: ProxyDeps): void {
  const { exchange, place, entry, trail } = context;
  const fault = toFault(thrown);
  entry.status = exchange.response.headersSent ? exchange.response.statusCode : fault.status;
  if ((fault.status === 401 || fault.status === 403) && !exchange.response.headersSent)
    exchange.response.setHeader('www-authenticate', deps.challenge(fault, place, exchange));
  noteFault(context, fault, deps);
  if (trail.out) trail.out.fault(fault);
  else if (entry.principal === undefined) sendRefusal(exchange, fault);
  else sendRpcFault(exchange, fault, trail.idText);
  if (entry.principal === undefined) deps.ledger.refused(entry);
  else deps.ledger.close(entry);
}
