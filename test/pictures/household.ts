import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { freePort } from '../support/ports.ts';

type Kind = 'reads' | 'writes' | 'destroys';

/** A tool, what it is called for, and about how long it takes (ms). */
export type ToolOf = {
  readonly name: string;
  readonly kind: Kind;
  readonly says: string;
  readonly ms: number;
};

export type ServerOf = {
  readonly name: string;
  readonly title: string;
  readonly isModern: boolean;
  /** How much of all that is asked goes there. */
  readonly share: number;
  readonly tools: readonly ToolOf[];
};

const tool = (name: string, kind: Kind, says: string, ms: number): ToolOf => ({ name, kind, says, ms });

/** What stands behind the gateway in the pictures. */
export const HOUSEHOLD: readonly ServerOf[] = [
  {
    ...{ name: 'github', title: 'GitHub', isModern: true, share: 34 },
    tools: [
      tool('search_code', 'reads', 'Searches code in all repositories', 310),
      tool('get_file', 'reads', 'Reads one file of a repository', 120),
      tool('list_issues', 'reads', 'Lists issues by state, label and assignee', 180),
      tool('create_issue', 'writes', 'Creates an issue', 410),
      tool('merge_pull_request', 'destroys', 'Merges a pull request', 650),
    ],
  },
  {
    ...{ name: 'home', title: 'Home', isModern: false, share: 22 },
    tools: [
      tool('get_state', 'reads', 'The state of a device', 9),
      tool('turn_on', 'writes', 'Turns a device on', 24),
      tool('turn_off', 'writes', 'Turns a device off', 22),
      tool('set_temperature', 'writes', 'Sets the temperature of a room', 31),
    ],
  },
  {
    ...{ name: 'wiki', title: 'Wiki', isModern: true, share: 18 },
    tools: [
      tool('search', 'reads', 'Searches all pages', 65),
      tool('read_page', 'reads', 'Reads a page', 28),
      tool('edit_page', 'writes', 'Writes a page anew', 90),
    ],
  },
  {
    ...{ name: 'calendar', title: 'Calendar', isModern: false, share: 12 },
    tools: [
      tool('list_events', 'reads', 'Events between two times', 140),
      tool('create_event', 'writes', 'Makes an event', 260),
    ],
  },
  {
    ...{ name: 'files', title: 'Files', isModern: true, share: 9 },
    tools: [
      tool('read_file', 'reads', 'Reads a file', 4),
      tool('list_directory', 'reads', 'Lists a directory', 3),
      tool('write_file', 'writes', 'Writes a file', 7),
      tool('delete_file', 'destroys', 'Deletes a file', 6),
    ],
  },
  {
    ...{ name: 'mail', title: 'Mail', isModern: false, share: 5 },
    tools: [
      tool('search_mail', 'reads', 'Searches mail', 220),
      tool('send_mail', 'writes', 'Sends a mail', 380),
    ],
  },
];

export type Running = { readonly url: string; readonly close: () => Promise<void> };

/** One of them as a real MCP server, by the official SDK. */
export async function startServer(of: ServerOf): Promise<Running> {
  const handler = createMcpHandler(() => built(of), { legacy: of.isModern ? 'reject' : 'stateless' });
  const speak = toNodeHandler(handler);
  const server = createServer(
    (request, response) => void speak(request as Parameters<typeof speak>[0], response),
  );
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
    await handler.close();
  };
  return { url: `http://127.0.0.1:${port}/mcp`, close };
}

function built({ name, title, tools }: ServerOf): McpServer {
  const server = new McpServer({ name, title, version: '1.4.0' });
  for (const { name: of, kind, says, ms } of tools) {
    const annotations = { readOnlyHint: kind === 'reads', destructiveHint: kind === 'destroys' };
    const inputSchema = z.object({
      query: z.string().describe('What it is about'),
      limit: z.number().int().min(1).max(100).optional().describe('At most so many'),
      isExact: z.boolean().optional().describe('Only what matches letter by letter'),
    });
    server.registerTool(of, { description: says, inputSchema, annotations }, async () => {
      await sleep(ms);
      return { content: [{ type: 'text', text: `${title}: done.` }] };
    });
  }
  return server;
}
