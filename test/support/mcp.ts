import { readSse } from './sse.ts';

export type RpcError = { readonly code: number; readonly message: string; readonly data?: unknown };
/** What a server said, of unknown shape: a test states what it expects of it. */
export interface Loose {
  readonly [key: string]: Loose | undefined;
}

export type RpcMessage = {
  readonly jsonrpc?: string;
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Loose;
  readonly result?: Loose;
  readonly error?: RpcError;
};

export type RpcAnswer = {
  readonly status: number;
  readonly headers: Headers;
  /** The body as text; of an event stream the data of each event, one a line. */
  readonly text: string;
  /** Every message of the body; empty where it is not JSON-RPC. */
  readonly messages: readonly RpcMessage[];
  /** The last message: the response, where there is one. */
  readonly message: RpcMessage;
};

export type PostOptions = {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Sees each message of a stream as it comes; what it sends meanwhile is its own request. */
  readonly onMessage?: (message: RpcMessage) => void | Promise<void>;
};

/** Posts any body as an MCP client would; a string is sent as it is. */
export async function post(url: string, body: unknown, options: PostOptions = {}): Promise<RpcAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...authorization(options.token),
      ...options.headers,
    },
    ...(options.signal && { signal: options.signal }),
  });
  return readAnswer(response, options.onMessage);
}

async function readAnswer(response: Response, onMessage: PostOptions['onMessage']): Promise<RpcAnswer> {
  const { status, headers } = response;
  if (!headers.get('content-type')?.startsWith('text/event-stream')) {
    const text = await response.text();
    const messages = toMessages(text);
    return { status, headers, text, messages, message: messages.at(-1) ?? {} };
  }
  const texts: string[] = [];
  const messages: RpcMessage[] = [];
  for await (const { data } of readSse(response.body)) {
    if (data === '') continue;
    texts.push(data);
    const message: RpcMessage = JSON.parse(data);
    messages.push(message);
    await onMessage?.(message);
  }
  return { status, headers, text: texts.join('\n'), messages, message: messages.at(-1) ?? {} };
}

function toMessages(text: string): RpcMessage[] {
  try {
    const parsed = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    return [];
  }
}

const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

export type ClientOptions = {
  readonly url: string;
  readonly token?: string;
  readonly revision?: string;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type LegacyClient = {
  readonly sessionId: string | undefined;
  readonly initialized: RpcAnswer;
  readonly request: (method: string, params?: unknown, options?: PostOptions) => Promise<RpcAnswer>;
  readonly notify: (method: string, params?: unknown) => Promise<RpcAnswer>;
  /** Answers a request of the server. */
  readonly respond: (id: string | number, result: unknown) => Promise<RpcAnswer>;
  /** Opens the GET stream. */
  readonly listen: (signal: AbortSignal, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly end: () => Promise<number>;
};

/** A client of the initialize era: does the handshake and sends session and version with each request. */
export async function legacyClient(options: ClientOptions): Promise<LegacyClient> {
  const { url, token, revision = '2025-11-25', capabilities = {} } = options;
  const clientInfo = { name: 'test-client', version: '1.0.0' };
  const initialize = { protocolVersion: revision, capabilities, clientInfo };
  let lastId = 0;
  const ask = (method: string, params?: unknown) => ({ jsonrpc: '2.0', id: ++lastId, method, params });
  const initialized = await post(url, ask('initialize', initialize), {
    token,
    headers: { ...options.headers },
  });
  const sessionId = initialized.headers.get('mcp-session-id') ?? undefined;
  const headers = {
    ...options.headers,
    'mcp-protocol-version': String(initialized.message.result?.protocolVersion ?? revision),
    ...(sessionId !== undefined && { 'mcp-session-id': sessionId }),
  };
  const send = (body: unknown, more: PostOptions = {}) =>
    post(url, body, { token, ...more, headers: { ...headers, ...more.headers } });
  const client: LegacyClient = {
    sessionId,
    initialized,
    request: (method, params, more) => send(ask(method, params), more),
    notify: (method, params) => send({ jsonrpc: '2.0', method, params }),
    respond: (id, result) => send({ jsonrpc: '2.0', id, result }),
    listen: (signal, more) =>
      fetch(url, {
        signal,
        headers: { ...headers, ...authorization(token), accept: 'text/event-stream', ...more },
      }),
    end: async () =>
      (await fetch(url, { method: 'DELETE', headers: { ...headers, ...authorization(token) } })).status,
  };
  if (initialized.status === 200) await client.notify('notifications/initialized');
  return client;
}

const META = 'io.modelcontextprotocol/';

export type ModernClient = {
  readonly request: (method: string, params?: unknown, options?: PostOptions) => Promise<RpcAnswer>;
  /** The message and headers of a request, for tests that spoil them first. */
  readonly draft: (
    method: string,
    params?: unknown,
  ) => { readonly body: Record<string, unknown>; readonly headers: Record<string, string> };
};

/** A client of 2026-07-28: everything goes along with each request, in `_meta` and in the headers. */
export function modernClient(options: ClientOptions): ModernClient {
  const { url, token, revision = '2026-07-28', capabilities = {} } = options;
  let lastId = 0;
  const draft: ModernClient['draft'] = (method, params = {}) => {
    const given = params as { readonly name?: string; readonly uri?: string; readonly _meta?: object };
    const _meta = {
      ...given._meta,
      [`${META}protocolVersion`]: revision,
      [`${META}clientInfo`]: { name: 'test-client', version: '1.0.0' },
      [`${META}clientCapabilities`]: capabilities,
    };
    const name = given.name ?? given.uri;
    const headers = {
      ...options.headers,
      'mcp-protocol-version': revision,
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
    };
    return { body: { jsonrpc: '2.0', id: ++lastId, method, params: { ...given, _meta } }, headers };
  };
  const request: ModernClient['request'] = (method, params, more = {}) => {
    const { body, headers } = draft(method, params);
    return post(url, body, { token, ...more, headers: { ...headers, ...more.headers } });
  };
  return { request, draft };
}
