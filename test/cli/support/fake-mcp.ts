import { type Reply, reply, type Seen } from './fake-authority.ts';

const INFO = { name: 'fake', version: '1.0' };
const TOOLS = { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] };

/** One MCP server with one tool: with sessions and streams (2025), or without (2026-07-28). */
export function answerMcp({ method, json, headers }: Seen, era: 'legacy' | 'modern'): Reply {
  const { id } = json;
  const result = (value: object, more: Readonly<Record<string, string>> = {}) =>
    reply(200, { jsonrpc: '2.0', id, result: value }, more);
  if (method !== 'POST') return reply(method === 'DELETE' ? 204 : 405);
  if (json.method === 'server/discover' && era === 'modern')
    return result({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo: INFO });
  if (json.method === 'initialize' && era === 'legacy') {
    const hello = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: INFO };
    return result(hello, { 'mcp-session-id': 's1' });
  }
  if (json.method === 'notifications/initialized') return reply(202);
  if (json.method !== 'tools/list')
    return reply(400, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
  if (era === 'modern') return result(TOOLS);
  if (headers['mcp-session-id'] !== 's1') return reply(404, 'no such session');
  const event = JSON.stringify({ jsonrpc: '2.0', id, result: TOOLS });
  return reply(200, `: hello\n\ndata: ${event}\n\n`, { 'content-type': 'text/event-stream' });
}
