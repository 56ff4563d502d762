import type { Profile, ServerEntry } from '../../mcp/index.ts';
import { type Definition, NO_LISTS, readDefinition } from '../definition.ts';
import type { Offer } from '../offer.ts';

/** The tool in whose place a server's own stand once the person has connected an account there. */
export const CONNECT = 'connect';

const byEntry = new WeakMap<ServerEntry, Definition>();
const tools = new WeakSet<Definition>();

function toolOf(entry: ServerEntry): Definition | undefined {
  const known = byEntry.get(entry);
  if (known) return known;
  const tool = {
    name: CONNECT,
    title: `Connect ${entry.title}`,
    description: `${entry.title} needs an account of your own. Call this tool to get the link where you connect it; its tools appear then.`,
    inputSchema: { type: 'object', properties: {} },
    annotations: { readOnlyHint: true, openWorldHint: true },
  };
  const made = readDefinition('tools', Buffer.from(JSON.stringify(tool)));
  if (!made) return undefined;
  byEntry.set(entry, made);
  tools.add(made);
  return made;
}

/** Whether it is the gateway's own tool, which whoever may use anything of the server may call. */
export function isConnectTool(definition: Definition): boolean {
  return tools.has(definition);
}

/** What whoever has no account at the server yet sees of it. */
export function connectOffer(entry: ServerEntry, profile: Profile): Offer {
  const tool = toolOf(entry);
  return {
    server: entry.name,
    profile,
    hello: { capabilities: { tools: { listChanged: true } }, instructions: undefined, serverInfo: {} },
    lists: { ...NO_LISTS, tools: tool ? [tool] : [] },
    hash: CONNECT,
    readAt: 0,
  };
}
