import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedContent, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });

/** What the sample server offers: one thing of each kind that a newcomer wants to see pass through the gateway. */
export function createSample(): McpServer {
  const server = new McpServer(
    { name: 'sample', title: 'Sample server', version: '1.0.0' },
    { instructions: 'Try add, then slow, then ask.' },
  );
  addTools(server);
  addSlow(server);
  addAsk(server);
  addResources(server);
  return server;
}

function addTools(server: McpServer): void {
  server.registerTool(
    'add',
    {
      description: 'Adds two numbers',
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      annotations: { readOnlyHint: true },
    },
    async ({ a, b }) => text(String(a + b)),
  );
  server.registerTool(
    'echo',
    {
      description: 'Says the same again',
      inputSchema: z.object({ message: z.string() }),
      annotations: { readOnlyHint: true },
    },
    async ({ message }) => text(message),
  );
  server.registerTool(
    'fail',
    { description: 'Fails, to show what a failure looks like', annotations: { readOnlyHint: true } },
    async () => ({ ...text('This tool always fails.'), isError: true }),
  );
}

const STEPS = 4;

function addSlow(server: McpServer): void {
  server.registerTool(
    'slow',
    {
      description: 'Takes two seconds and reports its progress',
      inputSchema: z.object({}),
      annotations: { readOnlyHint: true },
    },
    async (_args, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (let progress = 1; progress <= STEPS; progress++) {
        await sleep(2000 / STEPS, undefined, { signal: mcpReq.signal });
        if (progressToken === undefined) continue;
        const params = { progressToken, progress, total: STEPS, message: `step ${progress} of ${STEPS}` };
        await mcpReq.notify({ method: 'notifications/progress', params });
      }
      return text('Two seconds later.');
    },
  );
}

/** Answers `input_required` to a client of 2026-07-28; the SDK turns it into a request on a session of 2025. */
function addAsk(server: McpServer): void {
  server.registerTool(
    'ask',
    { description: 'Asks you back before it answers', inputSchema: z.object({}) },
    async (_args, { mcpReq }) => {
      const answers = mcpReq.inputResponses;
      if (answers?.name === undefined) return inputRequired({ inputRequests: { name: askName() } });
      const name = acceptedContent<{ name: string }>(answers, 'name')?.name;
      return text(name === undefined ? 'You did not say your name.' : `Hello, ${name}.`);
    },
  );
}

function askName() {
  return inputRequired.elicit({
    message: 'What is your name?',
    requestedSchema: {
      type: 'object',
      properties: { name: { type: 'string', title: 'Name' } },
      required: ['name'],
    },
  });
}

function addResources(server: McpServer): void {
  const resources = {
    readme: 'This text came from the sample server through the gateway.',
    colours: 'red\ngreen\nblue',
  };
  for (const [name, words] of Object.entries(resources)) {
    const uri = `sample://${name}`;
    server.registerResource(name, uri, { mimeType: 'text/plain' }, async () => ({
      contents: [{ uri, mimeType: 'text/plain', text: words }],
    }));
  }
  server.registerPrompt(
    'introduce',
    { description: 'Asks a model to introduce somebody', argsSchema: z.object({ name: z.string() }) },
    async ({ name }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Introduce ${name} in one sentence.` } }],
    }),
  );
}
