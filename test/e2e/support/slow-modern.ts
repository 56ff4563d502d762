import type { ServerResponse } from 'node:http';
import { readBody, sendJson, serve } from '../../fixtures/serve.ts';

export type SlowModern = {
  readonly url: string;
  /** How many calls wait, and how many were left by whoever made them. */
  readonly waiting: () => number;
  readonly left: () => number;
  /** Answers those that wait. */
  readonly release: () => void;
  readonly close: () => Promise<void>;
};

/** A server of 2026-07-28 whose one tool answers when the test says so. */
export async function startSlowModern(): Promise<SlowModern> {
  const waiting = new Map<ServerResponse, unknown>();
  let left = 0;
  const served = await serve(async (request, response) => {
    const { id, method } = JSON.parse((await readBody(request)) || '{}');
    const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    const say = (result: object) =>
      sendJson(response, 200, { jsonrpc: '2.0', id, result: { ...complete, ...result } });
    if (method === 'server/discover')
      return say({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    if (method === 'tools/list') return say({ tools: [{ name: 'wait', inputSchema: { type: 'object' } }] });
    if (method !== 'tools/call')
      return sendJson(response, 404, {
        jsonrpc: '2.0',
        id,
        error: { code: -32601, message: 'Method not found' },
      });
    waiting.set(response, id);
    response.once('close', () => {
      if (waiting.delete(response)) left++;
    });
  });
  const release = () => {
    for (const [response, id] of waiting)
      sendJson(response, 200, { jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } });
    waiting.clear();
  };
  return {
    url: `${served.origin}/mcp`,
    waiting: () => waiting.size,
    left: () => left,
    release,
    close: served.close,
  };
}
