import type { Catalogue } from '../../catalogue/index.ts';
import {
  canBeAsked,
  isObject,
  LIST_CHANGED,
  type ListName,
  members,
  type ResponseMessage,
  splice,
} from '../../mcp/index.ts';
import type { Pending } from '../../shared/index.ts';
import type { UpstreamSession } from '../../upstream/index.ts';

export type ServerMessageDeps = { readonly pending: Pending<ResponseMessage>; readonly catalogue: Catalogue };

/** A person's answer may take its time; after this the server's question is void. */
const ANSWER_MS = 10 * 60_000;

export function listChangedMethod(list: ListName): string {
  return `notifications/${list === 'resourceTemplates' ? 'resources' : list}/list_changed`;
}

/** Towards whom and from where messages of a server go. */
export type Line = {
  readonly principal: string;
  readonly session: UpstreamSession;
  /** To the client, on the stream that the message belongs to. */
  send(json: Buffer | string): void;
  /** Our progress token towards the server, and the client's own as JSON. */
  readonly progress: { readonly ours: string; readonly theirs: string } | undefined;
  /** The URI as the client knows it. */
  exposedUri(uri: string): string;
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

  constructor(line: Line, deps: ServerMessageDeps) {
    this.#line = line;
    this.#deps = deps;
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
    if (Object.hasOwn(value, 'id')) this.#question(value.method, bytes);
    else this.#notification(value.method, params, bytes);
    return true;
  }

  /** Nobody will answer any more. */
  end(): void {
    for (const id of this.#asked.values()) this.#deps.pending.drop(id);
    this.#asked.clear();
  }

  #question(method: string, bytes: Buffer): void {
    const { session, principal, send } = this.#line;
    const range = members(bytes).get('id');
    if (!range) return;
    const theirId = bytes.toString('utf8', range.start, range.end);
    if (method === 'ping') return this.#reply(`{"jsonrpc":"2.0","id":${theirId},"result":{}}`);
    if (!canBeAsked(method, session.profile.capabilities)) {
      return this.#reply(
        `{"jsonrpc":"2.0","id":${theirId},"error":{"code":-32601,"message":"The client did not declare this capability"}}`,
      );
    }
    const id = this.#deps.pending.wait(principal, ANSWER_MS, answer => {
      this.#asked.delete(theirId);
      const at = answer.envelope.get('id');
      if (at) void session.leg.tell(splice(answer.bytes, [{ ...at, text: theirId }]), session.headers);
    });
    this.#asked.set(theirId, id);
    send(splice(bytes, [{ ...range, text: JSON.stringify(id) }]));
  }

  #reply(json: string): void {
    const { session } = this.#line;
    void session.leg.tell(json, session.headers);
  }

  #notification(method: string, params: Readonly<Record<string, unknown>>, bytes: Buffer): void {
    const { progress, send, exposedUri, onListChanged } = this.#line;
    const list = LIST_CHANGED.get(method);
    if (list) return onListChanged(list);
    if (method === 'notifications/progress') {
      // Another call's progress has no business on this stream.
      if (progress && params.progressToken === progress.ours)
        send(replaceIn(bytes, ['params', 'progressToken'], progress.theirs));
      return;
    }
    if (method === 'notifications/cancelled') return this.#cancelled(params.requestId, bytes);
    if (method === 'notifications/resources/updated' && typeof params.uri === 'string') {
      return send(replaceIn(bytes, ['params', 'uri'], JSON.stringify(exposedUri(params.uri))));
    }
    send(bytes);
  }

  /** The server takes a question back. */
  #cancelled(requestId: unknown, bytes: Buffer): void {
    const theirId = JSON.stringify(requestId);
    const id = this.#asked.get(theirId);
    if (id === undefined) return;
    this.#asked.delete(theirId);
    this.#deps.pending.drop(id);
    this.#line.send(replaceIn(bytes, ['params', 'requestId'], JSON.stringify(id)));
  }
}
