import { Fault } from '../../base/index.ts';
import { type ListName, type Params, toFrame } from '../../mcp/index.ts';
import { MAX_ASKED } from '../asking/asking.ts';
import { type RequestCall, sessionOf } from '../call.ts';
import type { Out } from '../out.ts';
import { accessEnded } from '../relay/in-flight.ts';
import { type RelayDeps, relay } from '../relay/relay.ts';
import type { OnePlan } from '../route.ts';
import { onServerTime } from '../trace/server-time.ts';
import { type LegacyAnswer, toLegacyAnswer } from './answers.ts';
import { ClientQuestions } from './client-questions.ts';
import { type Retry, toModernCall } from './convert-call.ts';
import { NewServerOut } from './new-server-out.ts';

/** A server that asks more often than this within one call asks for ever. */
const MAX_ROUNDS = 10;
/** Between the rounds of a server that only wants to be asked again. */
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_MS = 10 * 60_000;
/** What a 2025 client hears that set no level: a server of that time would decide so by itself. */
const USUAL_LEVEL = 'info';
const HEADER_MISMATCH = -32020;

export type NewServerDeps = RelayDeps & { readonly own: Params };

/** A call of a 2025 client at a server of 2026: its questions become requests of the server, round by round. */
class NewServerCall {
  readonly #call: RequestCall;
  readonly #out: Out;
  readonly #deps: NewServerDeps;
  readonly #questions: ClientQuestions;
  readonly #endsAt = performance.now() + LONGEST_MS;
  #plan: OnePlan;
  #isOver = false;
  #isRevoked = false;
  #asked = 0;
  #pauses = 0;
  #repaired = false;
  #wake: () => void = () => {};

  constructor(call: RequestCall, plan: OnePlan, out: Out, deps: NewServerDeps) {
    this.#call = call;
    this.#plan = plan;
    this.#out = out;
    this.#deps = deps;
    const { ledger, detecting, pending } = deps;
    const asker = { entry: plan.upstream.entry, principal: call.caller.principal, ledger, detecting };
    this.#questions = new ClientQuestions(call, out, { pending, asker });
  }

  async run(replan: () => OnePlan): Promise<void> {
    let retry: Retry = {};
    for (let round = 0; round <= MAX_ROUNDS && performance.now() < this.#endsAt; round++) {
      const answer = this.#isOver ? undefined : await this.#round(retry);
      if (answer === undefined || this.#isOver) return this.#end();
      if (answer.kind === 'answer') return this.#send(answer.json);
      if (answer.kind === 'repair') this.#plan = await this.#repair(answer.code, replan);
      else {
        const next = await this.#next(answer);
        if (next === undefined) return;
        retry = next;
      }
    }
    throw this.#tooOften();
  }

  /** The client takes its request back. */
  cancel(): void {
    this.#stop('the call was cancelled');
    if (!this.#out.hasStarted) this.#out.startStream();
  }

  /** The caller may no longer do this. */
  revoke(): void {
    this.#isRevoked = true;
    this.#stop('the call is no longer allowed');
  }

  #stop(reason: string): void {
    this.#isOver = true;
    this.#questions.takeBack(reason);
    this.#wake();
  }

  #end(): void {
    if (this.#isRevoked) throw accessEnded(this.#plan.upstream.entry.name, true);
    this.#out.end();
  }

  /** One request and its answer; undefined when it was taken back. */
  async #round(retry: Retry): Promise<LegacyAnswer | undefined> {
    const { own } = this.#deps;
    const logLevel = this.#call.session?.state.logLevel ?? USUAL_LEVEL;
    const part = new NewServerOut(this.#out);
    const call = toModernCall(this.#call, this.#plan.profile, { own, logLevel, retry });
    await relay(call, this.#plan, part, this.#deps);
    return part.answer && toLegacyAnswer(part.answer, this.#call.message.method);
  }

  /** What goes into the next round; undefined when the client's answer already ended the call. */
  async #next({ requests, state }: Extract<LegacyAnswer, { kind: 'asks' }>): Promise<Retry | undefined> {
    const requestState = state === undefined ? {} : { requestState: JSON.stringify(state) };
    if (requests.length === 0) {
      await this.#pause();
      return requestState;
    }
    this.#asked += requests.length;
    if (this.#asked > MAX_ASKED) throw this.#tooOften();
    const answered = await this.#questions.ask(requests);
    if (this.#isOver) return requestState;
    if ('json' in answered) return { ...requestState, inputResponses: answered.json };
    this.#refuse(answered.refused);
    return undefined;
  }

  #pause(): Promise<void> {
    const ms = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** this.#pauses++);
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** "Refresh tools/list and retry" (2026-07-28 streamable-http, "Client Behavior"): the schema has other mirrors now. */
  async #repair(code: number, replan: () => OnePlan): Promise<OnePlan> {
    const { upstream } = this.#plan;
    const server = upstream.entry.name;
    if (this.#repaired) throw new Fault('upstream_invalid', { data: { server, mayHaveRun: false } });
    this.#repaired = true;
    if (code !== HEADER_MISMATCH) await onServerTime(this.#call.entry, upstream.probe());
    const list: ListName = 'tools';
    await this.#deps.catalogue.listChanged(upstream.key, list);
    return replan();
  }

  #refuse(says: string): void {
    const { idText, method } = this.#call.message;
    const body =
      method === 'tools/call'
        ? `"result":${JSON.stringify({ content: [{ type: 'text', text: says }], isError: true })}`
        : `"error":${JSON.stringify({ code: -32603, message: says })}`;
    this.#call.entry.outcome = 'error';
    this.#send(Buffer.from(`{"jsonrpc":"2.0","id":${idText},${body}}`));
  }

  #send(json: Buffer): void {
    if (this.#out.isStream) this.#out.finish(toFrame(json));
    else this.#out.json(json);
  }

  #tooOften(): Fault {
    const data = { server: this.#plan.upstream.entry.name, mayHaveRun: true };
    return new Fault('limit_exceeded', {
      status: 200,
      says: 'The server asks too often within one call',
      data,
    });
  }
}

/**
 * Calls a server of 2026 for a client of 2025. `replan` finds the target again after the server's lists were read
 * anew. Faults: those of `relay`, `limit_exceeded` for a server that asks without end.
 */
export async function callNewServer(
  call: RequestCall,
  { plan, replan }: { readonly plan: OnePlan; readonly replan: () => OnePlan },
  out: Out,
  deps: NewServerDeps,
): Promise<void> {
  const running = new NewServerCall(call, plan, out, deps);
  const release = deps.inFlight.add({
    request: call.exchange.id,
    session: sessionOf(call),
    id: call.message.id,
    caller: call.caller,
    server: plan.upstream.entry.name,
    item: plan.target.item,
    cancel: () => running.cancel(),
    revoke: () => running.revoke(),
  });
  try {
    await running.run(replan);
  } finally {
    release();
  }
}
