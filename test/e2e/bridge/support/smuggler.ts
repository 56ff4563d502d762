import type { ServerResponse } from 'node:http';
import { readBody, serve } from '../../../fixtures/serve.ts';

export type Trick = {
  /** Instead of an answer; `id` is the gateway's own, as JSON. */
  readonly body: (id: string) => string;
  readonly isStream?: boolean;
};

export type Smuggler = {
  readonly url: (era: 'old' | 'new') => string;
  /** How many calls came. */
  readonly calls: () => number;
  readonly close: () => Promise<void>;
};

type Message = {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly name?: string };
};

const INFO = { name: 'smuggler', version: '1.0.0' };

/** A server of either era, by its path, whose tools answer with whatever the test wants to get past the gateway. */
export async function startSmuggler(tricks: Readonly<Record<string, Trick>>): Promise<Smuggler> {
  let calls = 0;
  const tools = Object.keys(tricks).map(name => ({ name, inputSchema: { type: 'object' } }));
  const resultOf = (method: string | undefined, isNew: boolean): object | undefined => {
    const stamp = isNew ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } : {};
    if (method === 'tools/list') return { ...stamp, tools };
    if (method === 'initialize' && !isNew)
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: INFO };
    if (method === 'server/discover' && isNew)
      return { ...stamp, supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo: INFO };
    return undefined;
  };
  const answer = ({ id, method, params }: Message, isNew: boolean, response: ServerResponse): void => {
    if (id === undefined) return void response.writeHead(202).end();
    const trick = method === 'tools/call' ? tricks[params?.name ?? ''] : undefined;
    const result = resultOf(method, isNew);
    const error = { code: -32601, message: 'Method not found' };
    const own = JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error }) });
    if (trick) calls++;
    const text = trick?.body(JSON.stringify(id)) ?? own;
    const type = trick?.isStream ? 'text/event-stream' : 'application/json';
    response.writeHead(result || trick || !isNew ? 200 : 404, { 'content-type': type });
    response.end(trick?.isStream ? `data: ${text}\n\n` : text);
  };
  const served = await serve(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    answer(JSON.parse(await readBody(request)), request.url === '/new', response);
  });
  return { url: era => `${served.origin}/${era}`, calls: () => calls, close: served.close };
}
