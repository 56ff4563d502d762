import { member, parsed, readText, tryText } from '../json-text.ts';
import { answerTo, type Manner, nextRound } from './answers.ts';
import { type Carrier, httpCarrier } from './carrier.ts';
import { type Answered, until } from './http.ts';

export type Era = '2025' | '2026';

/** One exchange, as it was seen on the wire. */
export type Exchange = {
  readonly http: { readonly status: number; readonly type: string; readonly broken: string | undefined };
  /** `answer` where it stands among what was said. */
  readonly order: readonly string[];
  readonly said: readonly string[];
  readonly answer: string | undefined;
};

export type CallOptions = {
  /** The JSON-RPC id as it is spelled. */
  readonly id?: string;
  /** More members of `_meta`, as text. */
  readonly meta?: string;
  readonly manner?: Manner;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** What goes along without its envelope: nothing is added to the params. */
  readonly isBare?: boolean;
};

const CAPABILITIES: Readonly<Record<Era, string>> = {
  '2025':
    '{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{"listChanged":true},"tasks":{"requests":{"elicitation":{"create":{}}}}}',
  '2026':
    '{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}',
};
const INFO = '{"name":"transparency","version":"1.0.0"}';
const MAX_ROUNDS = 12;

type Target = {
  readonly url: string;
  readonly token?: string | undefined;
  /** How messages get there, where it is not Streamable HTTP. */
  readonly carrier?: (() => Promise<Carrier>) | undefined;
};

function exchangeOf({ status, type, texts, broken }: Answered): Exchange {
  const isSaid = (text: string) => member(tryText(text), 'method') !== undefined;
  // Told whenever it happens, on whatever stream is open: nobody may rely on it (2025-11-25 tasks).
  const counted = texts.filter(text => !text.includes('notifications/tasks/status'));
  const said = counted.filter(isSaid);
  return {
    http: { status, type, broken },
    order: counted.map(text => (isSaid(text) ? String(parsed(member(readText(text), 'method'))) : 'answer')),
    said,
    answer: texts.find(text => !isSaid(text)),
  };
}

/** A client that writes and keeps every byte itself. */
export abstract class WireClient {
  readonly exchanges: Exchange[] = [];
  protected readonly target: Target;
  #lastId = 0;
  #carrier: Carrier;

  constructor(target: Target) {
    this.target = target;
    this.#carrier = httpCarrier(target.url);
  }

  abstract readonly era: Era;

  /** What comes on a channel that all share is no answer to anything before. */
  protected isListening = false;

  protected get carrier(): Carrier {
    return this.#carrier;
  }

  /** Before anything else. */
  async connect(): Promise<void> {
    if (this.target.carrier) this.#carrier = await this.target.carrier();
  }

  /** Members of `params` as text, without braces. */
  abstract call(method: string, params: string, options?: CallOptions): Promise<string | undefined>;
  abstract notify(method: string, params: string): Promise<void>;
  /** Begins to hear of changes of lists, of one resource and of these tasks. */
  abstract hear(uri?: string, taskIds?: readonly string[]): Promise<void>;

  protected nextId(): string {
    return String(++this.#lastId);
  }

  protected get auth(): Readonly<Record<string, string>> {
    return this.target.token === undefined ? {} : { authorization: `Bearer ${this.target.token}` };
  }

  protected note(answered: Answered): Exchange {
    const exchange = exchangeOf(answered);
    this.exchanges.push(exchange);
    return exchange;
  }

  /** What came on streams that belong to no request. */
  get heard(): readonly string[] {
    return this.isListening ? this.carrier.heard() : [];
  }

  /** Waits for the `count`th message on such streams. */
  async waitHeard(count: number): Promise<void> {
    await until(() => this.heard.length >= count);
  }

  /** Waits until what others did before has been told. */
  async settle(): Promise<void> {
    for (let seen = -1; seen !== this.heard.length; ) {
      seen = this.heard.length;
      // Changed lists are read, and told of, a few times a second.
      await new Promise(resolve => setTimeout(resolve, 450));
    }
    this.carrier.forget();
  }

  /** Leaves nothing behind. */
  async end(): Promise<void> {
    await this.carrier.close();
  }
}

/** A client of the initialize era, 2025-11-25. */
export class OldClient extends WireClient {
  readonly era = '2025';
  #headers: Readonly<Record<string, string>> = {};

  /** `initialize` is the first exchange. */
  async open(): Promise<this> {
    await this.connect();
    const params = `"protocolVersion":"2025-11-25","capabilities":${CAPABILITIES['2025']},"clientInfo":${INFO}`;
    const answered = await this.carrier.exchange({
      headers: this.auth,
      body: `{"jsonrpc":"2.0","id":${this.nextId()},"method":"initialize","params":{${params}}}`,
    });
    this.note(answered);
    this.#headers = {
      ...this.auth,
      'mcp-protocol-version': '2025-11-25',
      ...(answered.session !== undefined && { 'mcp-session-id': answered.session }),
    };
    await this.notify('notifications/initialized', '');
    return this;
  }

  async call(method: string, params: string, options: CallOptions = {}): Promise<string | undefined> {
    const { manner = 'accept', meta, headers, signal } = options;
    const id = options.id ?? this.nextId();
    const all = [params, ...(meta === undefined ? [] : [`"_meta":{${meta}}`])].filter(part => part !== '');
    const answered = await this.carrier.exchange({
      headers: { ...this.#headers, ...headers },
      body: `{"jsonrpc":"2.0", "id":${id},"method":"${method}","params":{${all.join(',')}}}`,
      signal,
      onText: text => this.#answer(text, manner),
    });
    return this.note(answered).answer;
  }

  async #answer(text: string, manner: Manner): Promise<void> {
    const message = tryText(text);
    const id = member(message, 'id');
    const method = parsed(member(message, 'method'));
    if (id === undefined || typeof method !== 'string') return;
    const body =
      manner === 'error'
        ? '"error":{"code":-1,"message":"The user rejected it"}'
        : `"result":${answerTo(method, manner)}`;
    await this.carrier.exchange({
      headers: this.#headers,
      body: `{"jsonrpc":"2.0","id":${id.text},${body}}`,
    });
  }

  async notify(method: string, params: string): Promise<void> {
    const answered = await this.carrier.exchange({
      headers: this.#headers,
      body: `{"jsonrpc":"2.0","method":"${method}"${params === '' ? '' : `,"params":{${params}}`}}`,
    });
    if (method !== 'notifications/initialized') this.note(answered);
  }

  async hear(uri?: string): Promise<void> {
    // A server is heard from once it serves the session.
    await this.call('tools/call', '"name":"echo","arguments":{}');
    this.exchanges.pop();
    await this.carrier.listen(this.#headers);
    this.isListening = true;
    if (uri !== undefined) await this.call('resources/subscribe', `"uri":"${uri}"`);
  }

  override async end(): Promise<void> {
    const status = await this.carrier.end(this.#headers);
    await super.end();
    const rest = { type: '', session: undefined, texts: [], broken: undefined };
    if (status !== undefined) this.note({ status, ...rest });
  }
}

/** A client of 2026-07-28: each request says everything. */
export class NewClient extends WireClient {
  readonly era = '2026';

  async open(): Promise<this> {
    await this.connect();
    return this;
  }

  #draft(method: string, params: string, options: CallOptions) {
    const id = options.id ?? this.nextId();
    const meta = [
      ...(options.meta === undefined ? [] : [options.meta]),
      '"io.modelcontextprotocol/protocolVersion":"2026-07-28"',
      `"io.modelcontextprotocol/clientInfo":${INFO}`,
      `"io.modelcontextprotocol/clientCapabilities":${CAPABILITIES['2026']}`,
    ];
    const all = [params, ...(options.isBare ? [] : [`"_meta":{${meta.join(',')}}`])].filter(
      part => part !== '',
    );
    const given = parsed(readText(`{${params}}`)) as Record<string, unknown>;
    const name = given.name ?? given.uri ?? given.taskId;
    return {
      headers: {
        ...this.auth,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': encode(name) }),
        ...options.headers,
      },
      body: `{"jsonrpc":"2.0", "id":${id},"method":"${method}","params":{${all.join(',')}}}`,
    };
  }

  /** Comes back with answers as long as it is asked. */
  async call(method: string, params: string, options: CallOptions = {}): Promise<string | undefined> {
    let more = '';
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const rest = round === 0 ? options : { ...options, id: this.nextId() };
      const draft = this.#draft(method, `${params}${more}`, rest);
      const answered = await this.carrier.exchange({ ...draft, signal: options.signal });
      const { answer } = this.note(answered);
      const next = answer === undefined ? undefined : nextRound(answer, options.manner ?? 'accept');
      if (next === undefined) return answer;
      more = next;
    }
    return undefined;
  }

  async notify(): Promise<void> {}

  async hear(uri?: string, taskIds?: readonly string[]): Promise<void> {
    const filter = {
      ...{ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true },
      ...(uri !== undefined && { resourceSubscriptions: [uri] }),
      ...(taskIds && { taskIds }),
    };
    const params = `"notifications":${JSON.stringify(filter)}`;
    const { headers, body } = this.#draft('subscriptions/listen', params, {});
    await this.carrier.listen(headers, body);
    this.isListening = true;
    await this.waitHeard(1);
  }
}

function encode(name: string): string {
  return /^[\x21-\x7e]*$/.test(name) ? name : `=?base64?${Buffer.from(name).toString('base64')}?=`;
}
