import { call } from '../../api/client.ts';
import { listen, readMessages } from './events.ts';

export type Era = 'legacy' | 'modern';
export type Json = { readonly [name: string]: unknown };

/** One message, as it was on the wire. */
export type Said = {
  readonly id: number;
  readonly at: number;
  readonly who: 'you' | 'gateway';
  readonly message: Json;
};

/** What is heard of messages as they pass. */
export type Hear = (said: Omit<Said, 'id'>) => void;

const VERSIONS: Readonly<Record<Era, string>> = { legacy: '2025-11-25', modern: '2026-07-28' };
const CLIENT = { name: 'AuthMCP playground', version: '1' };
const PREFIX = 'io.modelcontextprotocol/';

let held: { readonly token: string; readonly until: number } | undefined;

/** Ten minutes, in memory; another one is asked for shortly before the end. */
async function token(): Promise<string> {
  if (held && held.until - Date.now() > 30_000) return held.token;
  const { token: fresh, expires_at } = await call('account.playground-token');
  held = { token: fresh, until: expires_at };
  return fresh;
}

export type Question = { readonly id: unknown; readonly method: string; readonly params: Json };
/** How a question of the server is answered; the signal tells that it waits no longer. */
export type Answer = (question: Question, signal?: AbortSignal) => Promise<Json>;

const CAPABILITIES = { elicitation: { form: {}, url: {} } };

/** One client at one endpoint, of one era: an ordinary MCP client, written for this page alone. */
export class Wire {
  readonly #url: string;
  readonly #era: Era;
  readonly #hear: Hear;
  readonly #answer: Answer;
  readonly #closing = new AbortController();
  /** What was asked aside and still waits, by its id. */
  readonly #asides = new Map<unknown, AbortController>();
  #session: string | undefined;
  #isOpen = false;
  #last = 0;

  /** `answer` is for what is asked aside, by no call. */
  constructor(url: string, era: Era, hear: Hear, answer: Answer) {
    this.#url = url;
    this.#era = era;
    this.#hear = hear;
    this.#answer = answer;
  }

  async #post(message: Json, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers({
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    });
    if (this.#era === 'modern') {
      headers.set('mcp-protocol-version', VERSIONS.modern);
      if (typeof message.method === 'string') headers.set('mcp-method', message.method);
      const params = message.params as Json | undefined;
      const name = params?.name ?? params?.uri;
      if (typeof name === 'string')
        headers.set(
          'mcp-name',
          /^[\x21-\x7e]*$/.test(name)
            ? name
            : `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(name)))}?=`,
        );
    } else if (this.#isOpen) {
      headers.set('mcp-protocol-version', VERSIONS.legacy);
      if (this.#session !== undefined) headers.set('mcp-session-id', this.#session);
    }
    this.#hear({ at: Date.now(), who: 'you', message });
    return fetch(this.#url, {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
      credentials: 'omit',
      ...(signal && { signal }),
    });
  }

  async #open(): Promise<void> {
    if (this.#isOpen || this.#era === 'modern') return;
    const params = { protocolVersion: VERSIONS.legacy, capabilities: CAPABILITIES, clientInfo: CLIENT };
    const response = await this.#post({ jsonrpc: '2.0', id: ++this.#last, method: 'initialize', params });
    this.#session = response.headers.get('mcp-session-id') ?? undefined;
    await readMessages(response, message => this.#hear({ at: Date.now(), who: 'gateway', message }));
    this.#isOpen = true;
    await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const { signal } = this.#closing;
    void listen(
      lastId => this.#get(lastId, signal),
      message => this.#aside(message),
      signal,
    );
  }

  /** "Listening for Messages from the Server" of 2025-11-25. */
  async #get(lastId: string | undefined, signal: AbortSignal): Promise<Response> {
    const headers = new Headers({
      authorization: `Bearer ${await token()}`,
      accept: 'text/event-stream',
      'mcp-protocol-version': VERSIONS.legacy,
    });
    if (this.#session !== undefined) headers.set('mcp-session-id', this.#session);
    if (lastId !== undefined) headers.set('last-event-id', lastId);
    return fetch(this.#url, { headers, credentials: 'omit', signal });
  }

  /** What comes outside the answer of any call; the stream goes on while a question waits. */
  #aside(message: Json): void {
    this.#hear({ at: Date.now(), who: 'gateway', message });
    const { id, method, params = {} } = message as { id?: unknown; method?: string; params?: Json };
    if (method === 'notifications/cancelled') this.#asides.get(params.requestId)?.abort();
    if (method === undefined || id === undefined) return;
    const waiting = new AbortController();
    this.#asides.set(id, waiting);
    const answer: Answer = question => this.#answer(question, waiting.signal);
    void this.#reply(message, answer)
      .catch(() => undefined)
      .finally(() => this.#asides.delete(id));
  }

  #withMeta(params: Json, progressToken: unknown): Json {
    const known = (params._meta ?? {}) as Json;
    const meta =
      this.#era === 'modern'
        ? {
            [`${PREFIX}protocolVersion`]: VERSIONS.modern,
            [`${PREFIX}clientInfo`]: CLIENT,
            [`${PREFIX}clientCapabilities`]: CAPABILITIES,
          }
        : {};
    return { ...params, _meta: { ...known, ...meta, progressToken } };
  }

  /** Asks, answers what is asked back, and gives the last word: a result or an error. */
  async request(method: string, params: Json, answer: Answer, signal?: AbortSignal): Promise<Json> {
    await this.#open();
    let asked = params;
    for (let round = 0; round < 10; round++) {
      const id = ++this.#last;
      let last: Json | undefined;
      const response = await this.#post(
        { jsonrpc: '2.0', id, method, params: this.#withMeta(asked, id) },
        signal,
      );
      await readMessages(response, async message => {
        this.#hear({ at: Date.now(), who: 'gateway', message });
        if (message.id === id && message.method === undefined) last = message;
        else if (message.method !== undefined && message.id !== undefined) await this.#reply(message, answer);
      });
      if (!last) throw new Error(`The gateway answered ${response.status} without a result.`);
      const result = last.result as Json | undefined;
      if (result?.resultType !== 'input_required') return last;
      asked = { ...params, ...(await inputsFor(result, answer)) };
    }
    throw new Error('The server asks again and again.');
  }

  /** A question of the stateful protocol comes as a request, and is answered by a message of its own. */
  async #reply(message: Json, answer: Answer): Promise<void> {
    const { id, method, params = {} } = message as { id: unknown; method: string; params?: Json };
    const known = method === 'elicitation/create';
    const said = known
      ? { result: await answer({ id, method, params }) }
      : { error: { code: -32601, message: 'The playground does not do this' } };
    await this.#post({ jsonrpc: '2.0', id, ...said });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#session === undefined) return;
    const headers = { authorization: `Bearer ${await token()}`, 'mcp-session-id': this.#session };
    await fetch(this.#url, { method: 'DELETE', headers, credentials: 'omit' }).catch(() => undefined);
  }
}

/** Of the stateless protocol: questions are part of a result, and their answers of the next request. */
async function inputsFor(result: Json, answer: Answer): Promise<Json> {
  const requests = (result.inputRequests ?? {}) as Readonly<
    Record<string, { method: string; params?: Json }>
  >;
  const inputResponses: Record<string, Json> = {};
  for (const [key, { method, params = {} }] of Object.entries(requests))
    inputResponses[key] = await answer({ id: key, method, params });
  return { inputResponses, ...(result.requestState !== undefined && { requestState: result.requestState }) };
}
