import { randomUUID } from 'node:crypto';
import { readBody, sendJson, serve } from '../../fixtures/serve.ts';

export type Forgetful = {
  readonly url: string;
  /** The methods that came in, in order. */
  readonly seen: readonly string[];
  readonly close: () => Promise<void>;
};

/** A server that refuses the first `tools/call` with 400 and words about its session, and counts what it really ran. */
export async function startForgetful(): Promise<Forgetful> {
  const seen: string[] = [];
  let ran = 0;
  const served = await serve(async (request, response) => {
    const body = await readBody(request);
    const { id, method } = body === '' ? { id: undefined, method: request.method } : JSON.parse(body);
    seen.push(String(method));
    if (id === undefined) return void response.writeHead(request.method === 'POST' ? 202 : 405).end();
    const say = (result: unknown) => sendJson(response, 200, { jsonrpc: '2.0', id, result });
    if (method === 'initialize') {
      response.setHeader('mcp-session-id', randomUUID());
      const serverInfo = { name: 'forgetful', version: '1.0.0' };
      return say({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo });
    }
    if (method === 'tools/list') return say({ tools: [{ name: 'once', inputSchema: { type: 'object' } }] });
    if (method !== 'tools/call') {
      const error = { code: -32601, message: 'Method not found' };
      return sendJson(response, 200, { jsonrpc: '2.0', id, error });
    }
    const isFirst = seen.filter(one => one === 'tools/call').length === 1;
    if (isFirst) return void response.writeHead(400).end('Bad Request: no valid session ID provided');
    say({ content: [], ran: ++ran });
  });
  return { url: `${served.origin}/mcp`, seen, close: served.close };
}
