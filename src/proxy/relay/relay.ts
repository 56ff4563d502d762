import { Fault, toFault } from '../../base/index.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import { SENT_AGAIN, type Tracer } from '../../ledger/index.ts';
import { type ListName, toFrame } from '../../mcp/index.ts';
import type { Exchange, UpstreamSession } from '../../upstream/index.ts';
import { ownerOf, type RequestCall, sessionOf } from '../call.ts';
import type { Out } from '../out.ts';
import type { OnePlan } from '../route.ts';
import type { TaskIds } from '../tasks/task-ids.ts';
import { tellOfTask } from '../tasks/tasks.ts';
import { howOf, spanOf } from '../trace/server-span.ts';
import { onServerTime, serverBegins, serverEnds } from '../trace/server-time.ts';
import { AnswerRelay, type TryOutcome } from './answer-relay.ts';
import { Deadline, LONGEST_MS } from './deadline.ts';
import { idempotencyArgument } from './idempotency.ts';
import { accessEnded, type InFlight } from './in-flight.ts';
import { ListChanges } from './list-changes.ts';
import { forgetsSessions, mayRunAgain } from './may-run-again.ts';
import { listChangedMethod, type ServerMessageDeps, ServerMessages } from './server-messages.ts';
import { type Outgoing, translate } from './translate.ts';

export type RelayDeps = ServerMessageDeps & {
  readonly catalogue: Catalogue;
  readonly inFlight: InFlight;
  readonly tasks: TaskIds;
  readonly tracer?: Tracer | undefined;
};

const MAX_TRIES = 3;

type Sent = { outgoing: Outgoing; session: UpstreamSession | undefined; exchange: Exchange };

/** One request of a client on its way to one server and back. */
class Relay {
  readonly #call: RequestCall;
  readonly #plan: OnePlan;
  readonly #out: Out;
  readonly #deps: RelayDeps;
  readonly #argument: { readonly name: string; readonly value: string } | undefined;
  #answer: AnswerRelay | undefined;
  #sent: Sent | undefined;
  /** Takes what the server says during this call, if it is the call's. */
  #heard: ((data: string) => boolean) | undefined;
  #stopHearing: () => void = () => {};
  /** Waits for a session no longer. */
  #giveUp: (fault: Fault) => void = () => {};
  #isCancelled = false;
  #mayHaveRun = false;

  constructor(call: RequestCall, plan: OnePlan, out: Out, deps: RelayDeps) {
    this.#call = call;
    this.#plan = plan;
    this.#out = out;
    this.#deps = deps;
    this.#argument = idempotencyArgument(call, plan);
  }

  /** What a later try meets does not unsay that an earlier one may have run. */
  async run(): Promise<void> {
    try {
      await this.#runTries();
      this.#stopHearing();
    } catch (thrown) {
      this.#stopHearing();
      if (!this.#mayHaveRun) throw thrown;
      const { fault, message: says, status, data, cause } = toFault(thrown);
      throw new Fault(fault, { says, status, data: { ...data, mayHaveRun: true }, cause });
    }
  }

  async #runTries(): Promise<void> {
    const { upstream } = this.#plan;
    for (let tries = 1; ; tries++) {
      upstream.leg.check('call', this.#isOpen());
      const opening = this.#session();
      const session = opening instanceof Promise ? await this.#opened(opening) : opening;
      if (this.#isCancelled) return this.#out.end();
      const outcome = await this.#try(session);
      if (outcome.kind === 'done') return;
      if (session && (outcome.kind === 'lost' || outcome.failure === 'broken')) upstream.forget(session);
      if (outcome.kind === 'lost') {
        if (tries >= MAX_TRIES) throw forgetsSessions(upstream.entry.name);
        this.#call.entry.sentAgain += SENT_AGAIN.lost;
        continue;
      }
      if (outcome.fault.data?.mayHaveRun === true) this.#mayHaveRun = true;
      if (tries > 1 || this.#out.hasStarted || !mayRunAgain(outcome, this.#call, this.#plan))
        throw outcome.fault;
      this.#call.entry.sentAgain += SENT_AGAIN.failed;
    }
  }

  #opened(opening: Promise<UpstreamSession>): Promise<UpstreamSession> {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    this.#giveUp = reject;
    return onServerTime(this.#call.entry, Promise.race([opening, ended]));
  }

  /** The client takes its request back. */
  cancel(reason: string): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#call.entry.outcome = 'cancelled';
    this.#tellCancelled(reason);
    this.#answer?.stop(undefined);
    this.#sent?.exchange.abort();
    if (!this.#out.hasStarted) this.#out.startStream();
    this.#out.end();
  }

  /** The caller may no longer do this. */
  revoke(): void {
    const server = this.#plan.upstream.entry.name;
    this.#tellCancelled('no longer allowed');
    this.#giveUp(accessEnded(server, false));
    this.#answer?.stop(accessEnded(server, true));
    this.#sent?.exchange.abort();
  }

  /** The client left while its answer came as one JSON text: the rest of it is of no use to anybody. */
  leave(): void {
    if (!this.#out.hasStarted || this.#out.isStream) return;
    this.#call.entry.outcome = 'cancelled';
    this.#answer?.stop(undefined);
    this.#sent?.exchange.abort();
  }

  /** Whether a conversation with the server is open already. */
  #isOpen(): boolean {
    const { profile } = this.#call;
    const { upstream } = this.#plan;
    if (profile.era === 'modern' || !upstream.leg.isPiped) return false;
    return upstream.peek(ownerOf(this.#call, profile))?.isEnded === false;
  }

  #session(): UpstreamSession | Promise<UpstreamSession> | undefined {
    const { call, plan } = { call: this.#call, plan: this.#plan };
    if (call.profile.era === 'modern') return undefined;
    const session = plan.upstream.session(ownerOf(call, call.profile));
    if (session instanceof Promise) return session.then(opened => this.#prepare(opened));
    call.session?.state.use(session);
    return call.from || !session.isAtLevel(call.logLevel) ? this.#prepare(session) : session;
  }

  /** A fresh session learns the client's log level, and the client's open streams follow it. */
  async #prepare(session: UpstreamSession): Promise<UpstreamSession> {
    const state = this.#call.session?.state;
    state?.use(session);
    const level = this.#call.logLevel ?? state?.logLevel;
    if (level !== undefined) await session.setLevel(level);
    if (this.#call.from && session.profile.capabilities !== 0) await this.#hear(session);
    return session;
  }

  /**
   * A 2026 client has no stream of its own on which its server could ask something during a call: what is asked on the
   * session's belongs to the call that runs.
   */
  async #hear(session: UpstreamSession): Promise<void> {
    const { upstream } = this.#plan;
    this.#stopHearing();
    this.#stopHearing = upstream.hear(ownerOf(this.#call, this.#call.profile), (data, from) => {
      if (this.#heard === undefined || from !== this.#sent?.session) return false;
      if (!this.#out.isStream) this.#out.startStream();
      return this.#heard(data);
    });
    await upstream.ready(session);
  }

  #try(session: UpstreamSession | undefined): Promise<TryOutcome> {
    const { upstream } = this.#plan;
    const span = spanOf(this.#call, this.#plan, this.#deps.tracer);
    const added = { argument: this.#argument, trace: span?.context };
    const outgoing = translate(this.#call, this.#plan, session, added);
    serverBegins(this.#call.entry);
    return new Promise(resolve => {
      let messages: ServerMessages | undefined;
      const onSaid = (data: string, from: UpstreamSession): boolean => {
        messages ??= this.#messages(from, outgoing);
        return messages.relay(data);
      };
      this.#heard = session && (data => onSaid(data, session));
      const deadline = new Deadline(
        this.#call.row.isPatient ? LONGEST_MS : upstream.entry.timeoutMs,
        () => messages?.isAsking ?? false,
        () => this.#timeOut(),
      );
      this.#answer = new AnswerRelay({
        call: this.#call,
        out: this.#out,
        id: outgoing.id,
        server: upstream.entry.name,
        session,
        added: this.#argument,
        onMessage: data => {
          return session ? onSaid(data, session) : this.#modernMessage(data, outgoing);
        },
        onLife: () => deadline.extend(),
        done: outcome => {
          deadline.stop();
          this.#heard = undefined;
          messages?.end();
          serverEnds(this.#call.entry);
          span?.end(howOf(outcome, this.#call.entry));
          resolve(outcome);
        },
      });
      const exchange = upstream.leg.call(outgoing, this.#answer);
      this.#sent = { outgoing, session, exchange };
    });
  }

  #messages(session: UpstreamSession, outgoing: Outgoing): ServerMessages {
    const call = this.#call;
    const changes = this.#changesOf(session);
    const line = {
      principal: call.caller.principal,
      session,
      send: (json: Buffer | string) => this.#send(json),
      canAsk: this.#out.takesMessages,
      exchange: this.#sent?.exchange,
      progress: outgoing.progress,
      logLevel: call.session?.state.logLevel,
      onUpdated: (uri: string) => this.#plan.upstream.updated(session, uri),
      onListChanged: (list: ListName) => changes.take(list),
    };
    return new ServerMessages(line, this.#deps);
  }

  /** Of a 2026 server only notifications may come before its answer; they go on with the client's own token. */
  #modernMessage(data: string, { progress }: Outgoing): boolean {
    const value = JSON.parse(data) as { method?: unknown; id?: unknown };
    if (typeof value.method !== 'string') return false;
    if (value.id !== undefined) return true;
    this.#send(progress ? data.replace(`"${progress.ours}"`, () => progress.theirs) : data);
    return true;
  }

  #send(json: Buffer | string): void {
    if (!this.#out.isStream) return;
    const told = tellOfTask(this.#call, this.#plan.upstream.entry.name, json, this.#deps.tasks);
    if (told) this.#out.write(toFrame(told));
  }

  /** Told when the list was read again, on this stream if no other is open. */
  #changesOf(session: UpstreamSession): ListChanges {
    const state = this.#call.session?.state;
    return new ListChanges({ session, state }, this.#deps.catalogue, list => {
      const json = JSON.stringify({ jsonrpc: '2.0', method: listChangedMethod(list) });
      if (state?.stream === undefined) this.#send(json);
      else if (session.isOfOneClient) state.stream.send(json);
    });
  }

  #timeOut(): void {
    const { upstream } = this.#plan;
    const server = upstream.entry.name;
    this.#tellCancelled('timeout');
    upstream.suspect(this.#sent?.session, this.#sent?.exchange.part);
    this.#answer?.stop(new Fault('upstream_timeout', { data: { server, mayHaveRun: true } }));
    this.#sent?.exchange.abort();
  }

  /** A 2026 server learns it from the closed stream, an older one needs to be told. */
  #tellCancelled(reason: string): void {
    const { outgoing, session } = this.#sent ?? {};
    if (outgoing) session?.notify('notifications/cancelled', { requestId: outgoing.id, reason });
  }
}

/**
 * Sends a request to the server that owns its target and its answer back. Faults before anything reached the client
 * are thrown: `upstream_unreachable`, `upstream_timeout`, `upstream_refused`, `upstream_invalid`, `outcome_unknown`.
 */
export async function relay(call: RequestCall, plan: OnePlan, out: Out, deps: RelayDeps): Promise<void> {
  plan.upstream.seats.take(call.caller.principal);
  const running = new Relay(call, plan, out, deps);
  const release = deps.inFlight.add({
    request: call.exchange.id,
    session: sessionOf(call),
    id: call.message.id,
    caller: call.caller,
    server: plan.upstream.entry.name,
    item: plan.target.item,
    cancel: reason => running.cancel(reason),
    revoke: () => running.revoke(),
  });
  // In 2026-07-28 a closed stream is a cancellation; before, a client that went away may come back for the answer.
  out.onGone(isForGood => {
    if (isForGood || (call.from ?? call.profile).era === 'modern') running.cancel('disconnected');
    else running.leave();
  });
  try {
    await running.run();
  } finally {
    plan.upstream.seats.leave(call.caller.principal);
    release();
  }
}
