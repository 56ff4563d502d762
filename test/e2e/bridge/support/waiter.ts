import type { ServerResponse } from 'node:http';
import { readBody, serve } from '../../../fixtures/serve.ts';

export type Waiter = {
  readonly url: string;
  /** What the gateway said, method by method; an answer to the question as `answer` with its result. */
  readonly heard: () => readonly string[];
  /** Answers all calls that are open. */
  readonly finish: () => void;
  /** Drops all connections of calls. */
  readonly drop: () => void;
  readonly clear: () => void;
  readonly close: () => Promise<void>;
};

type Message = {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly name?: string };
  readonly result?: unknown;
};

const RESULTS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'waiter', version: '1.0.0' },
  },
  'tools/list': {
    tools: ['ask', 'ask_twice', 'plain'].map(name => ({ name, inputSchema: { type: 'object' } })),
  },
  'tools/call': { content: [] },
};
const QUESTION = {
  method: 'elicitation/create',
  params: { message: 'Go on?', requestedSchema: { type: 'object', properties: {} } },
};

/** A server of 2025 whose tools ask once or twice and answer when the test says so; `plain` answers at once. */
export async function startWaiter(): Promise<Waiter> {
  const heard: string[] = [];
  const open = new Map<ServerResponse, unknown>();
  let asked = 0;
  const event = (response: ServerResponse, message: object) =>
    response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
  const served = await serve(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params, result }: Message = JSON.parse(await readBody(request));
    heard.push(method ?? `answer ${JSON.stringify(result)}`);
    if (method === 'tools/call' && params?.name !== 'plain') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.once('close', () => open.delete(response));
      open.set(response, id);
      const questions = params?.name === 'ask_twice' ? 2 : 1;
      for (let n = 0; n < questions; n++) event(response, { id: `q-${++asked}`, ...QUESTION });
      return;
    }
    if (id === undefined || method === undefined) return void response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: RESULTS[method] ?? {} }));
  });
  return {
    url: served.origin,
    heard: () => heard,
    finish: () => {
      for (const [response, id] of open) {
        event(response, { id, result: { content: [{ type: 'text', text: 'went on' }] } });
        response.end();
      }
    },
    drop: () => {
      for (const response of open.keys()) response.destroy();
    },
    clear: () => void heard.splice(0),
    close: served.close,
  };
}
