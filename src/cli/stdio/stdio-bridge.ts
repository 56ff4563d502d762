import { isUtf8 } from 'node:buffer';
import type { AnswerHeaders } from '../../http/index.ts';
import { isObject, type Params } from '../../mcp/index.ts';
import type { Leg } from '../../upstream/index.ts';
import { type Answered, AnswerReader } from './answer-reader.ts';
import { modernRevision, NewHeaders } from './new-headers.ts';
import { OldSession } from './old-session.ts';
import {
  brokenProblem,
  codeOf,
  errorLine,
  garbageProblem,
  type Problem,
  refusalProblem,
} from './problems.ts';

export type BridgeDeps = {
  readonly leg: Leg;
  /** Where the gateway is, for people. */
  readonly origin: string;
  /** One JSON-RPC message; `false` asks to pause until `onceDrained`. */
  say(line: string): boolean;
  onceDrained(listener: () => void): void;
  /** One sentence for the person. */
  tell(sentence: string): void;
};

type Message = Readonly<Record<string, unknown>>;

/** One line of standard input. */
type Sent = {
  readonly bytes: Buffer;
  readonly messages: readonly Message[];
  /** Of its requests, as JSON. */
  readonly ids: readonly string[];
  readonly method: string | undefined;
  readonly params: Params;
  /** Where it is a message of 2026-07-28. */
  readonly revision: string | undefined;
};

type Running = { readonly isModern: boolean; readonly isEndless: boolean; stop(): void };

const HEADER_MISMATCH = -32020;

function isRequest(message: Message): boolean {
  return typeof message.method === 'string' && Object.hasOwn(message, 'id');
}

function read(bytes: Buffer): Sent | undefined {
  try {
    const value: unknown = isUtf8(bytes) ? JSON.parse(bytes.toString('utf8')) : undefined;
    const all: unknown[] = Array.isArray(value) ? value : [value];
    if (all.length === 0 || !all.every(isObject)) return undefined;
    const ids = all.filter(isRequest).map(({ id }) => JSON.stringify(id));
    const only = all.length === 1 ? all[0] : undefined;
    const params = isObject(only?.params) ? only.params : {};
    const method = typeof only?.method === 'string' ? only.method : undefined;
    return { bytes, messages: all, ids, method, params, revision: modernRevision(params) };
  } catch {
    return undefined;
  }
}

/** Carries messages between a program's standard input and output and a gateway, in either era. */
export class StdioBridge {
  readonly #deps: BridgeDeps;
  readonly #session: OldSession;
  readonly #headers: NewHeaders;
  readonly #running = new Map<string, Running>();
  readonly #open = new Set<Promise<void>>();
  #hasConnected = false;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
    this.#session = new OldSession(deps.leg, json => void deps.say(json));
    this.#headers = new NewHeaders(deps.leg);
  }

  /** Whether the gateway ever took a message. */
  get hasConnected(): boolean {
    return this.#hasConnected;
  }

  /** One line, or undefined for one that was too long. */
  hear(line: Buffer | undefined): void {
    const sent = line && read(line);
    if (!sent) return this.#fail(garbageProblem(), [undefined]);
    if (sent.method === 'notifications/cancelled' && this.#cancel(sent.params.requestId)) return;
    const work = this.#carry(sent).finally(() => this.#open.delete(work));
    this.#open.add(work);
  }

  /** Resolves when everything that was sent is answered, but for what would never end by itself. */
  async idle(): Promise<void> {
    for (const one of [...this.#running.values()]) if (one.isEndless) one.stop();
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** Stops what runs and ends the session. */
  async end(): Promise<void> {
    for (const one of [...this.#running.values()]) one.stop();
    await this.#session.end();
  }

  /** In 2026-07-28 a closed stream is the cancellation; before, the gateway is told and its answer not waited for. */
  #cancel(requestId: unknown): boolean {
    const running = this.#running.get(JSON.stringify(requestId));
    if (!running) return false;
    if (running.isModern) running.stop();
    else setImmediate(() => running.stop());
    return running.isModern;
  }

  async #carry(sent: Sent): Promise<void> {
    const before = this.#session.current;
    let answered = await this.#send(sent);
    if (answered.kind === 'refused' && (await this.#isWorthAgain(sent, answered, before)))
      answered = await this.#send(sent);
    if (answered.kind === 'answered') {
      this.#hasConnected = true;
      if (sent.method === 'notifications/initialized') this.#session.hear();
      return;
    }
    const problem =
      answered.kind === 'refused'
        ? refusalProblem(answered.status, answered.body)
        : brokenProblem(answered.wasSent, this.#deps.origin);
    // The gateway itself spoke, of this one message.
    if (problem.sentence === undefined) this.#hasConnected = true;
    this.#fail(problem, sent.ids);
  }

  /** Nothing ran where the session was lost, or where a mirrored parameter was missing. */
  async #isWorthAgain(
    sent: Sent,
    { status, body }: Extract<Answered, { kind: 'refused' }>,
    before: OldSession['current'],
  ): Promise<boolean> {
    if (sent.revision === undefined)
      return status === 404 && before?.id !== undefined && this.#session.reopen(before);
    if (sent.method !== 'tools/call' || codeOf(refusalProblem(status, body)) !== HEADER_MISMATCH)
      return false;
    await this.#headers.learn(sent.params._meta);
    return true;
  }

  #send(sent: Sent): Promise<Answered> {
    const { leg, onceDrained } = this.#deps;
    const isModern = sent.revision !== undefined;
    const isFirst = sent.method === 'initialize';
    let headers: AnswerHeaders = {};
    return new Promise(resolve => {
      const done = (answered: Answered): void => {
        for (const id of sent.ids) this.#running.delete(id);
        resolve(answered);
      };
      const reader = new AnswerReader({
        ids: sent.ids,
        session: isModern || isFirst ? undefined : this.#session.current,
        onHeaders: received => {
          headers = received;
        },
        say: json => {
          this.#learn(sent, json, headers);
          return this.#deps.say(json);
        },
        onceDrained,
        done,
      });
      const own =
        isModern && sent.method !== undefined
          ? this.#headers.of(sent.method, sent.params, sent.revision ?? '')
          : isFirst
            ? {}
            : this.#session.headers;
      const abort = leg.post(sent.bytes, own, reader);
      const stop = (): void => {
        reader.stop();
        abort();
        done({ kind: 'answered' });
      };
      const isEndless = sent.method === 'subscriptions/listen';
      for (const id of sent.ids) this.#running.set(id, { isModern, isEndless, stop });
    });
  }

  /** What an answer tells for later messages. */
  #learn(sent: Sent, json: string, headers: AnswerHeaders): void {
    if (sent.method !== 'initialize' && (sent.method !== 'tools/list' || sent.revision === undefined)) return;
    const value: unknown = JSON.parse(json);
    if (!isObject(value) || !isObject(value.result)) return;
    if (sent.method === 'initialize') this.#session.opened(sent.params, value.result, headers);
    else this.#headers.note(value.result);
  }

  #fail(problem: Problem, ids: readonly (string | undefined)[]): void {
    if (problem.sentence !== undefined) this.#deps.tell(problem.sentence);
    for (const id of ids) this.#deps.say(errorLine(problem, id));
  }
}
