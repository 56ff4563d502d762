// A server that costs next to nothing, so that what is measured is what stands before it.
// node backend.ts --port 0 [--mode json|sse] [--sessions] [--era both|legacy|modern] ; the path `/<n>/mcp` is server n, `/hang/mcp` never answers.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

type Message = {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly protocolVersion?: string;
    readonly arguments?: { readonly bytes?: number };
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
};

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    mode: { type: 'string', default: 'json' },
    sessions: { type: 'boolean', default: false },
    tools: { type: 'string', default: '20' },
    era: { type: 'string', default: 'both' },
  },
});
const isStream = values.mode === 'sse';
const counts: Record<string, number> = {};
const TOOLS = [
  'echo',
  'large',
  ...Array.from({ length: Number(values.tools) - 2 }, (_, at) => `tool_${at}`),
].map(name => ({
  name,
  description: `The tool ${name}: takes a text and gives it back, as all tools of this server do.`,
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
}));
const capabilities = { tools: {} };
const serverInfo = { name: 'bench', version: '1.0.0' };

function results(message: Message): unknown {
  switch (message.method) {
    case 'initialize':
      return { protocolVersion: message.params?.protocolVersion ?? '2025-11-25', capabilities, serverInfo };
    case 'server/discover':
      return { supportedVersions: ['2026-07-28'], capabilities, serverInfo };
    case 'tools/list':
      return { tools: TOOLS };
    case 'ping':
      return {};
    case 'tools/call':
      return { content: [{ type: 'text', text: 'hello' }] };
    default:
      return undefined;
  }
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const message: Message = JSON.parse(body);
  counts[message.method ?? 'response'] = (counts[message.method ?? 'response'] ?? 0) + 1;
  if (message.id === undefined) return void response.writeHead(202).end();
  if (request.url?.startsWith('/hang/')) return;
  const bytes = message.params?.arguments?.bytes;
  if (message.params?.name === 'large' && bytes !== undefined) return void pour(response, message.id, bytes);
  const isModern = message.params?._meta?.['io.modelcontextprotocol/protocolVersion'] !== undefined;
  const modern = isModern ? { resultType: 'complete', ttlMs: 60_000, cacheScope: 'private' } : {};
  const result = isDenied(message.method, isModern) ? undefined : results(message);
  const said =
    result === undefined
      ? { error: { code: -32601, message: 'Method not found' } }
      : { result: { ...modern, ...result } };
  if (values.sessions && message.method === 'initialize') response.setHeader('mcp-session-id', randomUUID());
  const text = JSON.stringify({ jsonrpc: '2.0', id: message.id, ...said });
  const sent = isStream ? `event: message\ndata: ${text}\n\n` : text;
  const type = isStream ? 'text/event-stream' : 'application/json';
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(sent) }).end(sent);
}

/** What a server of one era alone does not know. */
function isDenied(method: string | undefined, isModern: boolean): boolean {
  if (values.era === 'legacy') return isModern;
  // The floor says nothing of itself, and is answered all the same.
  return values.era === 'modern' && method === 'initialize';
}

/** A long text in pieces, as fast as it is read. */
function pour(response: ServerResponse, id: string | number, bytes: number): void {
  const piece = Buffer.alloc(64 * 1024, 'x');
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":"`);
  let left = bytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      const size = Math.min(left, piece.length);
      left -= size;
      if (!response.write(piece.subarray(0, size))) return void response.once('drain', more);
    }
    response.end('"}]}}');
  };
  more();
}

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  if (request.url === '/counts') return void response.end(JSON.stringify(counts));
  if (request.method === 'GET') return void openStream(response);
  if (request.method === 'DELETE') return void response.writeHead(200).end();
  const chunks: Buffer[] = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
});

function openStream(response: ServerResponse): void {
  if (!isStream) return void response.writeHead(405).end();
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}

server.listen(Number(values.port), '127.0.0.1', 4096, () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }));
});
process.once('SIGTERM', () => process.exit(0));
