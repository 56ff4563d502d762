import { randomUUID } from 'node:crypto';
import { Fault, toFault } from '../../base/index.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import type { ListName } from '../../mcp/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';
import { type RequestCall, sessionOf } from '../call.ts';
import type { Out } from '../out.ts';
import type { OnePlan } from '../route.ts';
import { AnswerRelay, type TryOutcome } from './answer-relay.ts';
import { Deadline } from './deadline.ts';
import type { InFlight } from './in-flight.ts';
import { listChangedMethod, type ServerMessageDeps, ServerMessages } from './server-messages.ts';
import { type Outgoing, translate } from './translate.ts';

export type RelayDeps = ServerMessageDeps & { readonly catalogue: Catalogue; readonly inFlight: InFlight };

const MAX_TRIES = 3;

/** One request of a client on its way to one server and back. */
class Relay {
  readonly #call: RequestCall;
  readonly #plan: OnePlan;
  readonly #out: Out;
  readonly #deps: RelayDeps;
  readonly #argument: { readonly name: string; readonly value: string } | undefined;
  #answer: AnswerRelay | undefined;
  #sent:
    | {
        readonly outgoing: Outgoing;
        readonly session: UpstreamSession | undefined;
        readonly abort: () => void;
      }
    | undefined;
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
    } catch (thrown) {
      if (!this.#mayHaveRun) throw thrown;
      const { fault, message: says, status, data, cause } = toFault(thrown);
      throw new Fault(fault, { says, status, data: { ...data, mayHaveRun: true }, cause });
    }
  }

  async #runTries(): Promise<void> {
    const { upstream } = this.#plan;
    for (let tries = 1; ; tries++) {
      upstream.leg.check('call');
      const session = await this.#session();
      if (this.#isCancelled) return this.#out.end();
      const outcome = await this.#try(session);
      if (outcome.kind === 'done') return;
      if (session && (outcome.kind === 'lost' || outcome.failure === 'broken')) upstream.forget(session);
      if (outcome.kind === 'lost' && tries < MAX_TRIES) continue;
      if (outcome.kind === 'lost')
        throw new Fault('upstream_invalid', {
          says: 'The server forgets its sessions',
          data: { server: upstream.entry.name, mayHaveRun: false },
        });
      if (outcome.fault.data?.mayHaveRun === true) this.#mayHaveRun = true;
      if (tries === 1 && this.#mayRunAgain(outcome)) continue;
      throw outcome.fault;
    }
  }

  /** The client takes its request back, or may no longer make it. */
  cancel(reason: string): void {
    this.#isCancelled = true;
    this.#call.entry.outcome = 'cancelled';
    this.#tellCancelled(reason);
    this.#answer?.stop(undefined);
    this.#sent?.abort();
    if (!this.#out.hasStarted) this.#out.startStream();
    this.#out.end();
  }

  /** The client left while its answer came as one JSON text: the rest of it is of no use to anybody. */
  leave(): void {
    if (!this.#out.hasStarted || this.#out.isStream) return;
    this.#call.entry.outcome = 'cancelled';
    this.#answer?.stop(undefined);
    this.#sent?.abort();
  }

  #session(): UpstreamSession | Promise<UpstreamSession> | undefined {
    const { call, plan } = { call: this.#call, plan: this.#plan };
    if (call.profile.era === 'modern') return undefined;
    const owner = {
      principal: call.caller.principal,
      session: call.session?.key,
      profile: call.profile,
      client: call.client,
    };
    const session = plan.upstream.session(owner);
    return session instanceof Promise ? session.then(opened => this.#prepare(opened)) : session;
  }

  /** A fresh session learns the client's log level, and the client's open streams follow it. */
  async #prepare(session: UpstreamSession): Promise<UpstreamSession> {
    const state = this.#call.session?.state;
    if (!state) return session;
    state.use(session);
    if (state.logLevel !== undefined && session.can('logging')) {
      const { leg, headers } = session;
      await leg.ask(
        'logging/setLevel',
        { level: state.logLevel },
        { headers, ms: this.#plan.upstream.entry.timeoutMs },
      );
    }
    return session;
  }

  #try(session: UpstreamSession | undefined): Promise<TryOutcome> {
    const { upstream } = this.#plan;
    const outgoing = translate(this.#call, this.#plan, session, this.#argument);
    const sentAt = performance.now();
    return new Promise(resolve => {
      let messages: ServerMessages | undefined;
      const deadline = new Deadline(
        upstream.entry.timeoutMs,
        () => messages?.isAsking ?? false,
        () => this.#timeOut(),
      );
      this.#answer = new AnswerRelay({
        call: this.#call,
        out: this.#out,
        id: outgoing.id,
        server: upstream.entry.name,
        hasSession: session?.id !== undefined,
        added: this.#argument,
        onMessage: data => {
          if (!session) return this.#modernMessage(data, outgoing);
          messages ??= this.#messages(session, outgoing);
          return messages.relay(data);
        },
        onLife: () => deadline.extend(),
        done: outcome => {
          deadline.stop();
          messages?.end();
          this.#call.entry.upstreamMs = performance.now() - sentAt;
          resolve(outcome);
        },
      });
      const abort = upstream.leg.post(outgoing.body, outgoing.headers, this.#answer, 'call');
      this.#sent = { outgoing, session, abort };
    });
  }

  #messages(session: UpstreamSession, outgoing: Outgoing): ServerMessages {
    const call = this.#call;
    const line = {
      principal: call.caller.principal,
      session,
      send: (json: Buffer | string) => this.#send(json),
      progress: outgoing.progress,
      exposedUri: (uri: string) => this.#exposedUri(uri),
      onListChanged: (list: ListName) => this.#listChanged(list),
    };
    return new ServerMessages(line, this.#deps);
  }

  #exposedUri(uri: string): string {
    if (this.#call.place.kind !== 'all') return uri;
    return this.#deps.catalogue.names.exposed(this.#plan.upstream.entry, 'resource', uri) ?? uri;
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
    const text = typeof json === 'string' ? json : json.toString('utf8');
    this.#out.write(Buffer.from(`event: message\ndata: ${text.replaceAll('\n', '\ndata: ')}\n\n`));
  }

  /** Told when the list was read again, on this stream if no other is open. */
  #listChanged(list: ListName): void {
    const server = this.#plan.upstream.entry.name;
    void this.#deps.catalogue.listChanged(server, list).then(() => {
      if (this.#call.session?.state.stream === undefined)
        this.#send(JSON.stringify({ jsonrpc: '2.0', method: listChangedMethod(list) }));
    });
  }

  #timeOut(): void {
    const server = this.#plan.upstream.entry.name;
    this.#tellCancelled('timeout');
    this.#answer?.stop(new Fault('upstream_timeout', { data: { server, mayHaveRun: true } }));
    this.#sent?.abort();
  }

  /** A 2026 server learns it from the closed stream, an older one needs to be told. */
  #tellCancelled(reason: string): void {
    const { outgoing, session } = this.#sent ?? {};
    if (outgoing) session?.notify('notifications/cancelled', { requestId: outgoing.id, reason });
  }

  /**
   * Whether a request whose connection failed may be sent once more: what only reads may, what is idempotent where
   * its schema declares the key that makes it so. Anything else might run twice.
   */
  #mayRunAgain(outcome: TryOutcome): boolean {
    if (outcome.kind !== 'failed' || this.#out.hasStarted) return false;
    if (outcome.failure !== 'broken' && outcome.failure !== 'unreachable') return false;
    if (this.#call.row.kind !== 'tool') return this.#call.message.method !== 'resources/subscribe';
    const { traits } = this.#plan.target;
    return (
      traits?.isReadOnly === true || (traits?.isIdempotent === true && traits.idempotencyKey !== undefined)
    );
  }
}

/** An idempotency key for a tool that declares one and was called without. */
function idempotencyArgument(
  call: RequestCall,
  plan: OnePlan,
): { readonly name: string; readonly value: string } | undefined {
  const { traits } = plan.target;
  if (!traits?.isIdempotent || traits.isReadOnly || traits.idempotencyKey === undefined) return undefined;
  const args = call.message.params.arguments;
  if (typeof args !== 'object' || args === null || Object.hasOwn(args, traits.idempotencyKey))
    return undefined;
  return { name: traits.idempotencyKey, value: randomUUID() };
}

/**
 * Sends a request to the server that owns its target and its answer back. Faults before anything reached the client
 * are thrown: `upstream_unreachable`, `upstream_timeout`, `upstream_refused`, `upstream_invalid`, `outcome_unknown`.
 */
export async function relay(call: RequestCall, plan: OnePlan, out: Out, deps: RelayDeps): Promise<void> {
  const running = new Relay(call, plan, out, deps);
  const release = deps.inFlight.add({
    session: sessionOf(call),
    id: call.message.id,
    caller: call.caller,
    server: plan.upstream.entry.name,
    cancel: reason => running.cancel(reason),
  });
  // In 2026-07-28 a closed stream is a cancellation; before, a client that went away may come back for the answer.
  out.onGone(() => {
    if (call.profile.era === 'modern') running.cancel('disconnected');
    else running.leave();
  });
  try {
    await running.run();
  } finally {
    release();
  }
}
