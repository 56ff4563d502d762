import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import {
  classifyInboundRequest,
  createMcpHandler,
  isInitializeRequest,
  type McpServer,
} from '@modelcontextprotocol/server';
import { createSample } from './sample-tools.ts';

/** The MCP server of `demo`, on a free port of loopback: tools, resources and a prompt, in both eras. */
export async function startSampleServer(): Promise<{
  readonly url: string;
  readonly close: () => Promise<void>;
}> {
  const eras = { sessions: openSessions(), modern: openModern() };
  const server = createServer((request, response) => {
    answer(eras, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(400);
      response.end();
    });
  });
  const port = await listen(server);
  const close = async () => {
    await Promise.all([eras.modern.close(), eras.sessions.close()]);
    await new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return { url: `http://127.0.0.1:${port}/mcp`, close };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The sample server got no port. Try again.');
  return address.port;
}

type Eras = {
  readonly sessions: ReturnType<typeof openSessions>;
  readonly modern: ReturnType<typeof openModern>;
};

async function answer(eras: Eras, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLocal(request)) return void response.writeHead(403).end();
  if (request.url !== '/mcp') return void response.writeHead(404).end();
  if (request.method !== 'POST') return eras.sessions.answer(request, response);
  const message: unknown = await json(request);
  if (isModern(request, message)) return eras.modern.answer(request, response, message);
  await eras.sessions.answer(request, response, message);
}

/** A page whose name resolves to loopback still sends its own name. */
function isLocal({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
}

function isModern({ headers }: IncomingMessage, body: unknown): boolean {
  const version = headers['mcp-protocol-version'];
  const method = headers['mcp-method'];
  const inbound = classifyInboundRequest({
    httpMethod: 'POST',
    ...(typeof version === 'string' && { protocolVersionHeader: version }),
    ...(typeof method === 'string' && { mcpMethodHeader: method }),
    body,
  });
  return inbound.kind !== 'legacy';
}

function openModern() {
  const handler = createMcpHandler(createSample, { legacy: 'reject' });
  const speak = toNodeHandler(handler);
  return {
    answer: (request: IncomingMessage, response: ServerResponse, message: unknown) =>
      speak(request as IncomingMessage & { method: string; url: string }, response, message),
    close: () => handler.close(),
  };
}

type Session = { readonly server: McpServer; readonly transport: NodeStreamableHTTPServerTransport };

function openSessions() {
  const sessions = new Map<string, Session>();
  const open = async (): Promise<Session> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: id => void sessions.set(id, session),
      onsessionclosed: id => void sessions.delete(id),
    });
    const session = { server: createSample(), transport };
    await session.server.connect(transport);
    putEnvelopeFirst(transport);
    return session;
  };
  return {
    answer: async (request: IncomingMessage, response: ServerResponse, message?: unknown) => {
      const id = request.headers['mcp-session-id'];
      const known = typeof id === 'string' ? sessions.get(id) : undefined;
      if (id !== undefined && known === undefined) return void response.writeHead(404).end();
      if (known === undefined && !isInitializeRequest(message)) return void response.writeHead(400).end();
      const session = known ?? (await open());
      await session.transport.handleRequest(request, response, message);
    },
    close: async () => {
      await Promise.all([...sessions.values()].map(({ server }) => server.close()));
      sessions.clear();
    },
  };
}

/** The SDK writes the result before the id; a person who pastes the first curl reads the answer from its beginning. */
function putEnvelopeFirst(transport: NodeStreamableHTTPServerTransport): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    const { jsonrpc, ...rest } = message;
    const id = 'id' in message && message.id !== undefined ? { id: message.id } : {};
    return send({ jsonrpc, ...id, ...rest } as typeof message, options);
  };
}
