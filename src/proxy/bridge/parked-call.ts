import { Fault, toFault } from '../../base/index.ts';
import { canBeAsked, isObject, LOG_LEVELS, META, type Params, toFrame } from '../../mcp/index.ts';
import type { Asker } from '../asking/asking.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { withId } from '../relay/with-id.ts';
import { countAnew, noteServerTime } from '../trace/server-time.ts';
import { toModernAnswer } from './answers.ts';
import { ConvertingOut, type Said } from './converting-out.ts';
import { answerText, isAnswer } from './input-responses.ts';
import type { Parked } from './parked.ts';
import { answerTo, refusalOf } from './refusal.ts';
import { requiredPages } from './required-pages.ts';

/** Asks that a server makes at once are told at once. */
const GROUP_MS = 25;
const MAX_ROUNDS = 10;

/** One request of the client that waits for this call: its first, or a retry. */
export type Line = {
  readonly call: RequestCall;
  readonly out: Out;
  /** The answer as JSON, its id not yet the client's. */
  settle(outcome: Outcome): void;
};

export type Outcome =
  | { readonly kind: 'answer'; readonly json: Buffer; readonly status: number }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'gone' };

type Ask = { readonly id: string; readonly request: { readonly method: string; readonly params?: Params } };

export type ParkedCallDeps = {
  readonly parked: Parked;
  readonly serverInfo: Params;
  readonly asker: Asker;
  /** What the relay notes of the call, for the entry of the request that gets its answer. */
  readonly entry: RequestCall['entry'];
  /** Hands an answer to the server's question that is known as `id`. */
  answer(id: string, response: ReturnType<typeof answerTo>): void;
};

/**
 * A call of a 2026 client that runs at a server of 2025. Where the server asks something, its call is kept open and
 * the client gets `input_required`; the client's retry goes on with the same call (2026-07-28 basic/patterns/mrtr).
 */
export class ParkedCall extends ConvertingOut {
  readonly #first: RequestCall;
  readonly #deps: ParkedCallDeps;
  readonly #asks = new Map<string, Ask>();
  readonly #end: NodeJS.Timeout;
  /** A question ends the request instead of going before its answer. */
  readonly takesMessages = true;
  #line: Line | undefined;
  #outcome: Outcome | undefined;
  #stop: () => void = () => {};
  #grouping: NodeJS.Timeout | undefined;
  #release: () => void = () => {};
  #asked = 0;
  #rounds = 0;
  #hasSaid = false;

  constructor(line: Line, deps: ParkedCallDeps) {
    super();
    this.#first = line.call;
    this.#deps = deps;
    this.#end = setTimeout(() => this.#expire(), deps.parked.ms).unref();
    this.#attach(line);
  }

  get hasStarted(): boolean {
    return this.#hasSaid || this.#asked > 0;
  }

  get principal(): string {
    return this.#first.caller.principal;
  }

  onGone(listener: () => void): void {
    this.#stop = listener;
  }

  /** The relay has ended, with its fault if it threw one. */
  ended(thrown: unknown): void {
    if (thrown !== undefined) this.#settle({ kind: 'fault', fault: toFault(thrown) });
    else if (!this.#outcome) this.#settle({ kind: 'gone' });
  }

  /**
   * The client came back with answers. `false` when none of them answers a question that is open: then it is asked the
   * same again, under the same state.
   */
  resume(line: Line, responses: Params, ask: () => Outcome): boolean {
    const given = Object.entries(responses).flatMap(([key, value]) => {
      const one = this.#asks.get(key);
      const text = answerText(line.call.message, key);
      return one && text !== undefined && isAnswer(one.request.method, value) ? [{ key, one, text }] : [];
    });
    if (given.length === 0 && this.#asks.size > 0 && !this.#outcome) {
      line.settle(ask());
      return false;
    }
    this.#attach(line);
    for (const { key, one, text } of given) {
      this.#asks.delete(key);
      this.#deps.answer(one.id, answerTo(one.id, text));
    }
    if (this.#outcome) this.#settle(this.#outcome);
    else if (this.#asks.size > 0) this.#group();
    return true;
  }

  #expire(): void {
    // Whoever waits for it just now is told.
    if (this.#line)
      this.#settle({
        kind: 'fault',
        fault: new Fault('limit_exceeded', {
          status: 200,
          says: 'The call took too long',
          data: { server: this.#deps.asker.entry.name, mayHaveRun: true },
        }),
      });
    this.abandon();
  }

  /** Nobody will come back: the server's questions are refused and its call is cancelled. */
  abandon(): void {
    clearTimeout(this.#end);
    clearTimeout(this.#grouping);
    this.#refuseAsks();
    this.#release();
    this.#stop();
  }

  protected onSaid(said: Said, json: string): void {
    if (said.id !== undefined) return this.#ask(String(said.id), said.method, said.params);
    if (said.method === 'notifications/cancelled') return this.#takeBack(said.params.requestId);
    // Of a 2026 server nothing else comes before its answer.
    const isWanted =
      said.method === 'notifications/progress' ||
      (said.method === 'notifications/message' && this.#isLogWanted(said.params.level));
    if (!isWanted || !this.#line) return;
    const { out } = this.#line;
    this.#hasSaid = true;
    if (!out.isStream) out.startStream();
    out.write(toFrame(json));
  }

  protected onAnswer(json: Buffer): void {
    const { method, params } = this.#first.message;
    const pages = this.#canOpenPages ? requiredPages(json, this.#deps.asker) : undefined;
    if (pages) return this.#settle(inputRequired({ inputRequests: pages }));
    const words = { method, serverInfo: this.#deps.serverInfo, uri: params.uri };
    this.#settle({ kind: 'answer', ...toModernAnswer(json, words) });
  }

  protected onStopped(): void {
    this.#settle({ kind: 'gone' });
  }

  get #canOpenPages(): boolean {
    const { row, profile } = this.#first;
    return row.by !== 'ref' && canBeAsked('elicitation/create', { mode: 'url' }, profile.capabilities);
  }

  /** "MUST NOT emit" without a level (server/utilities/logging); with one, that level and above. */
  #isLogWanted(level: unknown): boolean {
    const meta = this.#line?.call.message.params._meta;
    const wanted = isObject(meta) ? meta[META.logLevel] : undefined;
    if (typeof wanted !== 'string' || typeof level !== 'string') return false;
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(wanted);
  }

  #attach(line: Line): void {
    this.#line = line;
    countAnew(this.#deps.entry);
    line.out.onGone(() => {
      // In 2026-07-28 a closed stream is a cancellation; a parked call has none open.
      if (this.#line === line) this.abandon();
    });
  }

  #ask(id: string, method: string, params: Params): void {
    const { row } = this.#first;
    // Only three methods may answer `input_required` (basic/patterns/mrtr, "Supported Requests").
    if (row.by === 'ref' || this.#outcome) return this.#deps.answer(id, refusalOf(id, method));
    this.#asked++;
    const { _meta, elicitationId, task, ...rest } = params;
    const request = method === 'roots/list' ? { method } : { method, params: rest };
    this.#asks.set(`${method.slice(method.indexOf('/') + 1)}-${this.#asked}`, { id, request });
    this.#group();
  }

  #takeBack(requestId: unknown): void {
    for (const [key, ask] of this.#asks) if (ask.id === requestId) this.#asks.delete(key);
  }

  /** Asks that come together are told together. */
  #group(): void {
    this.#grouping ??= setTimeout(() => {
      this.#grouping = undefined;
      if (this.#line && this.#asks.size > 0) this.#park();
    }, GROUP_MS);
  }

  /** Tells the client what is asked; the call waits for its retry. */
  #park(): void {
    try {
      if (++this.#rounds > MAX_ROUNDS)
        throw new Fault('limit_exceeded', { status: 200, says: 'The server asks too often within one call' });
      const state = this.#deps.parked.open(this, this.#first, (line, responses, again) =>
        this.resume(line, responses, again),
      );
      this.#release = state.release;
      const requests = Object.fromEntries([...this.#asks].map(([key, { request }]) => [key, request]));
      this.#deliver(state.ask(requests));
    } catch (thrown) {
      this.#deliver({ kind: 'fault', fault: toFault(thrown) });
      this.abandon();
    }
  }

  /** The call's own end. */
  #settle(outcome: Outcome): void {
    this.#outcome ??= outcome;
    clearTimeout(this.#grouping);
    if (!this.#line) return;
    clearTimeout(this.#end);
    this.#release();
    this.#deliver(this.#outcome);
  }

  #deliver(outcome: Outcome): void {
    const line = this.#line;
    this.#line = undefined;
    if (!line) return;
    noteServerTime(this.#deps.entry);
    const { outcome: became, code, upstreamMs } = this.#deps.entry;
    Object.assign(line.call.entry, { outcome: became, code, upstreamMs });
    line.settle(outcome);
  }

  #refuseAsks(): void {
    for (const { id, request } of this.#asks.values()) this.#deps.answer(id, refusalOf(id, request.method));
    this.#asks.clear();
  }
}

/** What 2026-07-28 says instead of an answer (basic/patterns/mrtr). */
export function inputRequired(wanted: Params): Outcome {
  const result = { resultType: 'input_required', ...wanted };
  const json = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 0, result }));
  return { kind: 'answer', json, status: 200 };
}

/** Sends what became of the call to the request that waited for it. */
export function send(outcome: Outcome, { call, out }: Pick<Line, 'call' | 'out'>): void {
  switch (outcome.kind) {
    case 'answer': {
      const json = withId(outcome.json, call.message.idText);
      return out.isStream ? out.finish(toFrame(json)) : out.json(json, outcome.status);
    }
    case 'fault':
      throw outcome.fault;
    case 'gone':
      if (!out.hasStarted) out.startStream();
      return out.end();
  }
}
