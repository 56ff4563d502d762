import { type Clock, Fault, toFault } from '../base/index.ts';
import { type Exchange, header, type Route, sendRefusal, sendRpcFault } from '../http/index.ts';
import type { Entry, Ledger, Log } from '../ledger/index.ts';
import type { Caller } from '../policy/index.ts';
import { answerBatch } from './batch.ts';
import { type Call, type Context, isRequest, type RequestCall, type Trail } from './call.ts';
import { answerHere, answerList, type HereDeps, patientView } from './here.ts';
import { CollectOut, HttpOut, type Out } from './out.ts';
import { type Place, placeOf } from './place.ts';
import { type ReadDeps, read } from './read.ts';
import { noteRefusal } from './refusal-events.ts';
import type { Deduplicator } from './relay/deduplicate.ts';
import { type RelayDeps, relay } from './relay/relay.ts';
import { type OnePlan, type RouteDeps, requirePlace, route } from './route.ts';
import { end } from './session/end.ts';
import { type ListenDeps, listen } from './stream/listen.ts';
import { type SubscribeDeps, subscribe } from './stream/subscribe.ts';
import { notify, setLevel } from './to-sessions.ts';

export type ProxyDeps = RouteDeps &
  HereDeps &
  ReadDeps &
  RelayDeps &
  ListenDeps &
  SubscribeDeps & {
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
    /** Throws `limit_exceeded`. */
    admit(caller: Caller, exchange: Exchange, n?: number): void;
    /** After a refused credential: throws `limit_exceeded` when this address tries too often. */
    noteRefused(exchange: Exchange): void;
  };

/** The MCP endpoints as a route of the front door. */
export function createProxy(deps: ProxyDeps): Route {
  return exchange => {
    const place = placeOf(exchange.path);
    if (!place) return false;
    void handle(exchange, place, deps);
    return true;
  };
}

/** The path of a request, from its arrival to its end. Whatever is thrown on it is said here and nowhere else. */
async function handle(exchange: Exchange, place: Place, deps: ProxyDeps): Promise<void> {
  const entry = deps.ledger.open({
    ...exchange,
    userAgent: header(exchange.request, 'user-agent')?.slice(0, 256),
  });
  const trail: Trail = {};
  try {
    const caller = await authenticate(exchange, place, entry, deps);
    deps.admit(caller, exchange);
    requirePlace(caller, place, deps.live);
    await serve({ exchange, place, caller, entry, trail }, deps);
    deps.ledger.close(entry);
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
    return caller;
  } catch (thrown) {
    if (toFault(thrown).fault === 'unauthorized') deps.noteRefused(exchange);
    throw thrown;
  }
}

/** By HTTP method; GET and DELETE are operations of the 2025 revisions. */
async function serve(context: Context, deps: ProxyDeps): Promise<void> {
  switch (context.exchange.request.method) {
    case 'POST':
      return post(context, deps);
    case 'GET':
      context.entry.method = 'GET';
      return listen(context, deps);
    case 'DELETE':
      context.entry.method = 'DELETE';
      return end(context, deps);
    default:
      context.exchange.response.setHeader('allow', 'GET, POST, DELETE');
      throw new Fault('method_not_allowed');
  }
}

async function post(context: Context, deps: ProxyDeps): Promise<void> {
  const reading = await read(context, deps);
  if (reading.isBatch) {
    // The first message of a batch was counted when the request came.
    deps.admit(context.caller, context.exchange, reading.calls.length - 1);
    const answer = (call: RequestCall, out: Out): Promise<void> => respond(call, out, deps);
    return answerBatch(context, reading.calls, answer, deps.stallMs);
  }
  const { call } = reading;
  if (!isRequest(call)) return accept(call, deps);
  const out = new HttpOut(context.exchange, call.message.idText, deps.stallMs);
  context.trail.out = out;
  // Only what a server answers can be a stream.
  if (takesStream(context) || call.row.goes !== 'one') await respond(call, out, deps);
  else out.json(await collect(call, part => respond(call, part, deps)));
  context.entry.bytesOut = out.bytes;
}

/** Notifications and answers to a server's questions: 202 without a body. */
function accept(call: Exclude<Call, RequestCall>, deps: ProxyDeps): void {
  if (call.message.kind === 'response')
    deps.pending.answer(String(call.message.id), call.caller.principal, call.message);
  else notify({ ...call, message: call.message, row: 'row' in call ? call.row : undefined }, deps.inFlight);
  call.entry.status = 202;
  call.exchange.response.writeHead(202, { 'content-length': 0 });
  call.exchange.response.end();
}

/** Answers one request. What differs between methods stands in their table. */
async function respond(call: RequestCall, out: Out, deps: ProxyDeps): Promise<void> {
  switch (call.row.goes) {
    case 'here':
      return answerHere(call, out, deps);
    case 'list':
      return answerList(call, call.row.list ?? 'tools', out, deps);
    case 'one':
      if (deps.catalogue.isFirstReading) await patientView(call, deps);
      return toOne(call, route(call, deps.views.of(call), deps), out, deps);
    case 'sessions':
      return setLevel(call, out);
    case 'listen':
      if (!takesStream(call) || out instanceof CollectOut) throw new Fault('not_acceptable');
      return subscribe(call, out, deps);
  }
}

function toOne(call: RequestCall, plan: OnePlan, out: Out, deps: ProxyDeps): Promise<void> {
  const { deduplicator } = deps;
  if (!deduplicator.concerns(call, plan)) return relay(call, plan, out, deps);
  return deduplicator.run(call, plan, out, part => relay(call, plan, part, deps));
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
  entry.outcome = entry.principal === undefined ? 'refused' : 'error';
  entry.fault = fault.fault;
  entry.code = fault.code;
  entry.status = exchange.response.headersSent ? exchange.response.statusCode : fault.status;
  if (fault.fault === 'internal') deps.log.error({ err: fault.cause, requestId: exchange.id }, 'a defect');
  if (fault.status === 401 || fault.status === 403)
    exchange.response.setHeader('www-authenticate', deps.challenge(fault, place, exchange));
  noteRefusal(context, fault, deps);
  if (trail.out) trail.out.fault(fault);
  else if (entry.principal === undefined) sendRefusal(exchange, fault);
  else sendRpcFault(exchange, fault, trail.idText);
  if (entry.principal === undefined) deps.ledger.refused(entry);
  else deps.ledger.close(entry);
}
