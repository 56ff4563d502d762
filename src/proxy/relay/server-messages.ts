import type { Clock } from '../../base/index.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import {
  canBeAsked,
  isObject,
  LIST_CHANGED,
  type ListName,
  LOG_LEVELS,
  members,
  type Params,
  type ResponseMessage,
  splice,
} from '../../mcp/index.ts';
import type { Pending } from '../../shared/index.ts';
import { type Exchange, refuseQuestion, type UpstreamSession } from '../../upstream/index.ts';
import { ANSWER_MS, MAX_ASKED, type Ruling, ruleOn } from '../asking/asking.ts';
import type { Detecting } from '../inspecting/inspect.ts';

export type ServerMessageDeps = {
  readonly pending: Pending<ResponseMessage>;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly detecting: Detecting;
};

export function listChangedMethod(list: ListName): string {
  return `notifications/${list === 'resourceTemplates' ? 'resources' : list}/list_changed`;
}

/** Pings included; a server that goes on is not answered any more within this time. */
const MAX_SAID = 1_000;
/** As long as a call may take; a stream may be open all day. */
const COUNTED_MS = 10 * 60_000;
const REFUSED: Ruling = { kind: 'refuse' };

/** Towards whom and from where messages of a server go. */
export type Line = {
  readonly principal: string;
  readonly session: UpstreamSession;
  /** To the client, on the stream that the message belongs to. */
  send(json: Buffer | string): void;
  /** Whether the client hears messages there, and can be asked. */
  readonly canAsk: boolean;
  /** The call that rests while a person is asked; none on a stream that is no call's. */
  readonly exchange?: Exchange | undefined;
  /** Our progress token towards the server, and the client's own as JSON. */
  readonly progress: { readonly ours: string; readonly theirs: string } | undefined;
  /** What the client wants to hear; another client of the same session may want to hear more. */
  readonly logLevel: string | undefined;
  /** The server tells of a resource, by its own URI: whoever asked for it hears of it. */
  onUpdated(uri: string): void;
  /** The server changed a list; the client is told when it was read again. */
  onListChanged(list: ListName): void;
};

function replaceIn(bytes: Buffer, path: readonly string[], text: string): Buffer {
  let at = members(bytes);
  for (const name of path.slice(0, -1)) {
    const range = at.get(name);
    if (!range) return bytes;
    at = members(bytes, range.start);
  }
  const range = at.get(path.at(-1) ?? '');
  return range ? splice(bytes, [{ ...range, text }]) : bytes;
}

/** Relays what a server of the 2025 revisions says by itself: its questions, progress, logs and changes. */
export class ServerMessages {
  readonly #line: Line;
  readonly #deps: ServerMessageDeps;
  /** The server's id of a question, as JSON, and ours towards the client. */
  readonly #asked = new Map<string, string>();
  /** Everything that wanted an answer, and what people were asked of it. */
  #questions = 0;
  #people = 0;
  #since: number;

  constructor(line: Line, deps: ServerMessageDeps) {
    this.#line = line;
    this.#deps = deps;
    this.#since = deps.clock.now();
  }

  /** Whether a person is being asked right now, so that the call must wait. */
  get isAsking(): boolean {
    return this.#asked.size > 0;
  }

  /** One message with a `method`; what is none is left to the caller by `false`. */
  relay(data: string): boolean {
    const value: unknown = JSON.parse(data);
    if (!isObject(value) || typeof value.method !== 'string') return false;
    const bytes = Buffer.from(data);
    const params = isObject(value.params) ? value.params : {};
    if (Object.hasOwn(value, 'id')) this.#question(value.method, params, bytes);
    else this.#notification(value.method, params, bytes);
    return true;
  }

  /** Nobody will answer any more. */
  end(): void {
    for (const id of this.#asked.values()) this.#deps.pending.drop(id);
    this.#asked.clear();
  }

  #question(method: string, params: Params, bytes: Buffer): void {
    const { session, principal, send } = this.#line;
    const range = members(bytes).get('id');
    if (!range) return;
    const theirId = bytes.toString('utf8', range.start, range.end);
    this.#countAnew();
    if (++this.#questions > MAX_SAID) return;
    if (method === 'ping') return this.#reply(`{"jsonrpc":"2.0","id":${theirId},"result":{}}`);
    if (!this.#line.canAsk || !canBeAsked(method, params, session.profile.capabilities)) {
      return this.#reply(
        `{"jsonrpc":"2.0","id":${theirId},"error":{"code":-32601,"message":"The client cannot be asked this"}}`,
      );
    }
    const { ledger, detecting } = this.#deps;
    const asker = { entry: session.leg.entry, principal, ledger, detecting };
    const ruling = ++this.#people > MAX_ASKED ? REFUSED : ruleOn(method, params, asker);
    if (ruling.kind === 'refuse' || this.#line.exchange?.rest() === false)
      return refuseQuestion(bytes.toString('utf8'), session);
    const id = this.#deps.pending.wait(principal, ANSWER_MS, answer => {
      this.#settle(theirId);
      const at = answer.envelope.get('id');
      if (at) void session.leg.tell(splice(answer.bytes, [{ ...at, text: theirId }]), session.headers);
    });
    this.#asked.set(theirId, id);
    const { message } = ruling;
    const told =
      message === undefined ? bytes : replaceIn(bytes, ['params', 'message'], JSON.stringify(message));
    send(replaceIn(told, ['id'], JSON.stringify(id)));
  }

  /** With the last of its questions the call goes on. */
  #settle(theirId: string): void {
    this.#asked.delete(theirId);
    if (this.#asked.size === 0) this.#line.exchange?.goOn();
  }

  #countAnew(): void {
    const now = this.#deps.clock.now();
    if (now - this.#since < COUNTED_MS) return;
    this.#since = now;
    this.#questions = 0;
    this.#people = 0;
  }

  #reply(json: string): void {
    const { session } = this.#line;
    void session.leg.tell(json, session.headers);
  }

  #notification(method: string, params: Readonly<Record<string, unknown>>, bytes: Buffer): void {
    const { progress, send, onUpdated, onListChanged } = this.#line;
    const list = LIST_CHANGED.get(method);
    if (list) return onListChanged(list);
    if (method === 'notifications/progress') {
      // Another call's progress has no business on this stream.
      if (progress && params.progressToken === progress.ours)
        send(replaceIn(bytes, ['params', 'progressToken'], progress.theirs));
      return;
    }
    if (method === 'notifications/message' && !this.#isLoud(params.level)) return;
    if (method === 'notifications/cancelled') return this.#cancelled(params.requestId, bytes);
    if (method === 'notifications/resources/updated' && typeof params.uri === 'string') {
      return onUpdated(params.uri);
    }
    send(bytes);
  }

  #isLoud(level: unknown): boolean {
    const { logLevel } = this.#line;
    if (logLevel === undefined || typeof level !== 'string') return true;
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(logLevel);
  }

  /** The server takes a question back. */
  #cancelled(requestId: unknown, bytes: Buffer): void {
    const theirId = JSON.stringify(requestId);
    const id = this.#asked.get(theirId);
    if (id === undefined) return;
    this.#settle(theirId);
    this.#deps.pending.drop(id);
    this.#line.send(replaceIn(bytes, ['params', 'requestId'], JSON.stringify(id)));
  }
}
