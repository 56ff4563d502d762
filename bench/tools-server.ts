// node bench/tools-server.ts --tools 5000 : a server of the official SDK that offers many tools.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const { values } = parseArgs({ options: { tools: { type: 'string', default: '5000' } } });
const VERBS = ['get', 'list', 'create', 'update', 'delete', 'search', 'send', 'close'];
const THINGS = ['issue', 'file', 'page', 'message', 'order', 'person', 'light', 'invoice', 'report', 'event'];

const tools = Array.from({ length: Number(values.tools) }, (_, n) => {
  const [verb = '', thing = ''] = [VERBS[n % VERBS.length], THINGS[n % THINGS.length]];
  return {
    name: `${verb}_${thing}_${n}`,
    description: `Tool ${n}: to ${verb} one ${thing}, by its id, with what else is said of it.`,
    inputSchema: {
      type: 'object' as const,
      properties: { id: { type: 'string' }, note: { type: 'string' }, count: { type: 'integer' } },
      required: ['id'],
    },
    annotations: { readOnlyHint: n % VERBS.length < 2, destructiveHint: verb === 'delete' },
  };
});

const http = createServer(async (request, response) => {
  const server = new Server({ name: 'many', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: 'text', text: 'done' }] }));
  // Without sessions each request has a transport of its own.
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.once('close', () => void transport.close());
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  await transport.handleRequest(request, response);
});

http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }));
});
process.once('SIGTERM', () => process.exit(0));
