import { readBody, sendJson, serve } from '../../fixtures/serve.ts';

type Message = { readonly id?: number; readonly method: string };
export type Broken = (era: '2025' | '2026', method: string) => boolean;

export type TwoEras = {
  readonly url: string;
  /** What of it answers with 500. */
  broken: Broken;
  readonly close: () => Promise<void>;
};

const capabilities = { tools: {}, prompts: {} };
const RESULTS: Readonly<Record<string, object>> = {
  'server/discover': { supportedVersions: ['2026-07-28', '2025-11-25'], capabilities },
  initialize: {
    ...{ protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'both', version: '1' } },
  },
  'tools/list': { tools: [{ name: 'do', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text: 'done' }] },
  'prompts/list': { prompts: [{ name: 'say' }] },
  'prompts/get': { messages: [] },
};

/** A server that speaks both eras at one address, parts of which can be broken. */
export async function startTwoEras(): Promise<TwoEras> {
  const both = { broken: (() => false) as Broken };
  const { origin, close } = await serve(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(await readBody(request)) as Message;
    const era = request.headers['mcp-protocol-version'] === '2026-07-28' ? '2026' : '2025';
    if (both.broken(era, message.method)) return void response.writeHead(500).end();
    if (message.id === undefined) return void response.writeHead(202).end();
    const result = { ...RESULTS[message.method], ...(era === '2026' && { resultType: 'complete' }) };
    sendJson(response, 200, { jsonrpc: '2.0', id: message.id, result });
  });
  return Object.assign(both, { url: `${origin}/mcp`, close });
}
