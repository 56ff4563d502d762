import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { readBody, type Served, sendJson, serve } from '../../fixtures/serve.ts';

export type Mood = 'well' | 'refuses' | 'away' | 'trouble';

export type Fragile = {
  readonly url: string;
  readonly port: number;
  /** What reached it, as method and whether in a session: `ping`, `initialize`, `tools/call in s`. */
  readonly heard: string[];
  mood: Mood;
  /** How long it takes for each answer. */
  delayMs: number;
  /** Also says when its lists change, on a stream of its session. */
  announces: boolean;
  readonly close: () => Promise<void>;
};

const STATUS = { refuses: 401, away: 502, trouble: 500 } as const;

/**
 * A server of 2025 that has one session at a time: a new one is the end of the former, as in bridges to one device.
 */
export async function startFragile(port = 0, announces = false): Promise<Fragile> {
  let session: string | undefined;
  let stream: ServerResponse | undefined;
  const fragile = { heard: [] as string[], mood: 'well' as Mood, delayMs: 0, announces };
  const served: Served = await serve(async (request, response) => {
    const body = await readBody(request);
    const message = body === '' ? {} : JSON.parse(body);
    const given = request.headers['mcp-session-id'];
    fragile.heard.push(`${message.method ?? request.method}${given === undefined ? '' : ' in session'}`);
    if (fragile.delayMs > 0) await new Promise(resolve => setTimeout(resolve, fragile.delayMs));
    if (fragile.mood !== 'well') return void response.writeHead(STATUS[fragile.mood]).end();
    if (message.method === 'initialize') {
      session = randomUUID();
      response.setHeader('mcp-session-id', session);
      const { protocolVersion } = message.params;
      const capabilities = { tools: fragile.announces ? { listChanged: true } : {} };
      stream?.end();
      const result = { protocolVersion, capabilities, serverInfo: { name: 'fragile', version: '1' } };
      return sendJson(response, 200, { jsonrpc: '2.0', id: message.id, result });
    }
    if (given !== session) return void response.writeHead(given === undefined ? 400 : 404).end();
    if (request.method === 'GET' && fragile.announces) {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write(': here\n\n');
    }
    if (message.id === undefined) return void response.writeHead(request.method === 'POST' ? 202 : 405).end();
    const tools = [{ name: 'who', inputSchema: { type: 'object' } }];
    const results: Readonly<Record<string, object>> = {
      'tools/list': { tools },
      'tools/call': { content: [{ type: 'text', text: String(session) }] },
    };
    sendJson(response, 200, { jsonrpc: '2.0', id: message.id, result: results[message.method] ?? {} });
  }, port);
  return Object.assign(fragile, {
    url: `${served.origin}/mcp`,
    port: served.port,
    close: served.close,
  });
}
