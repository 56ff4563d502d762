import type { RpcMessage } from '../../support/mcp.ts';
import { readSse } from '../../support/sse.ts';

export type SseClient = {
  readonly status: number;
  /** Of every event, in order. */
  readonly names: readonly (string | undefined)[];
  readonly messages: readonly RpcMessage[];
  /** Where to post, as the gateway said it. */
  readonly endpoint: () => string;
  readonly post: (body: unknown, more?: Posting) => Promise<Response>;
  /** Posts a request and waits for the message with its id. */
  readonly ask: (method: string, params?: unknown) => Promise<RpcMessage>;
  readonly initialize: (revision?: string, capabilities?: object) => Promise<RpcMessage>;
  readonly ended: Promise<void>;
  readonly close: () => void;
};

type Posting = { readonly token?: string | undefined; readonly to?: string };

/** A client of the HTTP+SSE transport, message by message. */
export async function sseClient(url: string, token: string): Promise<SseClient> {
  const aborted = new AbortController();
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const response = await fetch(url, { headers, signal: aborted.signal });
  const names: (string | undefined)[] = [];
  const messages: RpcMessage[] = [];
  let endpoint = '';
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const one of waiting.splice(0)) one();
  };
  const read = async () => {
    for await (const { event, data } of readSse(response.body)) {
      if (data === '') continue;
      names.push(event);
      if (event === 'endpoint') endpoint = data;
      else messages.push(JSON.parse(data));
      wake();
    }
  };
  const ended = read()
    .catch(() => {})
    .finally(wake);
  if (response.ok) await new Promise<void>(resolve => waiting.push(resolve));
  let lastId = 0;
  const post: SseClient['post'] = (body, more = {}) =>
    fetch(more.to ?? new URL(endpoint, url), {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${more.token ?? token}` },
    });
  const ask: SseClient['ask'] = async (method, params) => {
    const id = ++lastId;
    const answer = await post({ jsonrpc: '2.0', id, method, params });
    if (answer.status !== 202) throw new Error(`Not accepted: ${answer.status} ${await answer.text()}`);
    for (;;) {
      const found = messages.find(one => one.id === id && one.method === undefined);
      if (found) return found;
      await new Promise<void>(resolve => waiting.push(resolve));
    }
  };
  return {
    status: response.status,
    names,
    messages,
    endpoint: () => endpoint,
    post,
    ask,
    initialize: async (revision = '2024-11-05', capabilities = {}) => {
      const clientInfo = { name: 'sse-client', version: '1' };
      const answer = await ask('initialize', { protocolVersion: revision, capabilities, clientInfo });
      await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return answer;
    },
    ended,
    close: () => aborted.abort(),
  };
}
