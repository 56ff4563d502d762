import { Fault } from '../../base/index.ts';
import { canBeAsked, members, type ResponseMessage, toFrame } from '../../mcp/index.ts';
import type { Pending } from '../../shared/index.ts';
import { ANSWER_MS, type Asker, ruleOn } from '../asking/asking.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { type Asked, legacyParams } from './answers.ts';
import { isAnswer } from './input-responses.ts';

const CANCEL = '{"action":"cancel"}';

/** What the client answered to one question: a result as JSON, or why there is none. */
type Answer =
  | { readonly kind: 'result'; readonly json: string }
  | { readonly kind: 'refused'; readonly message: string };

function read(answer: ResponseMessage, method: string): Answer {
  const { bytes, envelope } = answer;
  const result = envelope.get('result');
  if (result) {
    const json = bytes.toString('utf8', result.start, result.end);
    // What answers nothing is no answer (2025-11-25 schema), and must not reach the server as one.
    if (isAnswer(method, JSON.parse(json))) return { kind: 'result', json };
    if (method !== 'elicitation/create') return { kind: 'refused', message: 'not a valid answer' };
  }
  // An elicitation has a word for it; for the others there is no answer without a result.
  if (method === 'elicitation/create') return { kind: 'result', json: CANCEL };
  const range = envelope.get('error');
  const at = range && bytes[range.start] === 0x7b ? members(bytes, range.start).get('message') : undefined;
  const said: unknown = at ? JSON.parse(bytes.toString('utf8', at.start, at.end)) : undefined;
  return { kind: 'refused', message: typeof said === 'string' ? said : '' };
}

type QuestionDeps = { readonly pending: Pending<ResponseMessage>; readonly asker: Asker };

/**
 * Asks a 2025 client what a 2026 server wants, on the stream of the call that it belongs to (2025-11-25
 * basic/transports, "Sending Messages to the Server").
 */
export class ClientQuestions {
  readonly #call: RequestCall;
  readonly #out: Out;
  readonly #pending: Pending<ResponseMessage>;
  readonly #asker: Asker;
  readonly #open = new Set<{ readonly id: string; stop(): void }>();

  constructor(call: RequestCall, out: Out, { pending, asker }: QuestionDeps) {
    this.#call = call;
    this.#out = out;
    this.#pending = pending;
    this.#asker = asker;
  }

  /** Resolves with `inputResponses` as JSON. Faults `upstream_invalid`, `not_acceptable`. */
  async ask(requests: readonly Asked[]): Promise<{ json: string } | { refused: string }> {
    for (const request of requests) this.#check(request);
    if (!this.#out.takesMessages)
      throw new Fault('not_acceptable', {
        status: 200,
        says: 'The server asks something; a client that takes no event stream cannot be asked',
      });
    if (!this.#out.isStream) this.#out.startStream();
    const answers = await Promise.all(requests.map(request => this.#askOne(request)));
    const members: string[] = [];
    for (const [i, { key, method }] of requests.entries()) {
      const answer = answers[i];
      if (!answer) continue;
      if (answer.kind === 'refused') return { refused: `The client refused ${method}: ${answer.message}` };
      members.push(`${JSON.stringify(key)}:${answer.json}`);
    }
    return { json: `{${members.join(',')}}` };
  }

  /** The call ended: what is still open is taken back. */
  takeBack(reason: string): void {
    for (const { id, stop } of this.#open) {
      const params = { requestId: id, reason };
      this.#send({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
      stop();
    }
  }

  #check({ method, params = {} }: Asked): void {
    const { capabilities } = this.#call.profile;
    if (method !== 'ping' && canBeAsked(method, params, capabilities)) return;
    throw new Fault('upstream_invalid', {
      says: 'The server asks for something that the client did not declare',
      data: { mayHaveRun: true },
    });
  }

  #askOne(asked: Asked): Promise<Answer> {
    const { method } = asked;
    const ruling = ruleOn(method, asked.params ?? {}, this.#asker);
    if (ruling.kind === 'refuse') return Promise.resolve({ kind: 'result', json: CANCEL });
    const { message } = ruling;
    return new Promise(resolve => {
      const answer = (one: Answer): void => {
        clearTimeout(timer);
        this.#open.delete(open);
        resolve(one);
      };
      const id = this.#pending.wait(this.#call.caller.principal, ANSWER_MS, message =>
        answer(read(message, method)),
      );
      const none: Answer =
        method === 'elicitation/create'
          ? { kind: 'result', json: CANCEL }
          : { kind: 'refused', message: 'no answer' };
      const stop = (): void => {
        this.#pending.drop(id);
        answer(none);
      };
      const open = { id, stop };
      const timer = setTimeout(stop, ANSWER_MS).unref();
      this.#open.add(open);
      const params = legacyParams(asked);
      const told = message === undefined ? params : { ...params, message };
      this.#send({ jsonrpc: '2.0', id, method, ...(told && { params: told }) });
    });
  }

  #send(message: object): void {
    this.#out.write(toFrame(JSON.stringify(message)));
  }
}
