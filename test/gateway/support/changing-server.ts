import { readBody, sendJson, serve } from '../../fixtures/serve.ts';

/** What a server offers at a moment; a test changes it. */
export type Offering = {
  instructions?: string;
  tools: readonly Readonly<Record<string, unknown>>[];
  prompts?: readonly Readonly<Record<string, unknown>>[];
};

export type ChangingServer = {
  readonly url: string;
  /** Offers this from now on, and says so with the answer to a call of any tool. */
  offer(next: Offering): void;
  /** Names of the tools that were called. */
  readonly calls: readonly string[];
  readonly close: () => Promise<void>;
};

type Asked = { readonly id?: number; readonly method: string; readonly params?: { readonly name?: string } };

const CHANGED = ['tools', 'prompts'].map(list => ({
  jsonrpc: '2.0',
  method: `notifications/${list}/list_changed`,
}));

/** A server of 2025-11-25 without sessions whose definitions become others. */
export async function startChangingServer(first: Offering, name = 'changing'): Promise<ChangingServer> {
  let now = first;
  const calls: string[] = [];
  const resultOf = ({ method }: Asked): unknown => {
    if (method === 'initialize')
      return {
        protocolVersion: '2025-11-25',
        capabilities: { tools: { listChanged: true }, prompts: { listChanged: true } },
        serverInfo: { name, version: '1' },
        ...(now.instructions !== undefined && { instructions: now.instructions }),
      };
    if (method === 'tools/list') return { tools: now.tools };
    if (method === 'prompts/list') return { prompts: now.prompts ?? [] };
    return { content: [{ type: 'text', text: 'done' }] };
  };
  const { origin, close } = await serve(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const asked = JSON.parse(await readBody(request)) as Asked;
    if (asked.id === undefined) return void response.writeHead(202).end();
    if (asked.method === 'server/discover')
      return sendJson(response, 200, {
        ...{ jsonrpc: '2.0', id: asked.id },
        error: { code: -32601, message: 'Method not found' },
      });
    const answer = { jsonrpc: '2.0', id: asked.id, result: resultOf(asked) };
    if (asked.method !== 'tools/call') return sendJson(response, 200, answer);
    calls.push(asked.params?.name ?? '');
    const events = [...CHANGED, answer].map(one => `data: ${JSON.stringify(one)}\n\n`).join('');
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events);
  });
  return {
    url: `${origin}/mcp`,
    offer: next => {
      now = next;
    },
    calls,
    close,
  };
}
