import { type Cell, CHANGE, CREATE, READ, type Row, statuses } from './cell.ts';

/** Nobody listens there, which is said at once. */
const url = 'http://127.0.0.1:9/mcp';

async function serverOf({ callers, unique }: Cell) {
  const made = await callers.ask('admin', 'POST /admin/api/mcp-servers', { name: unique, url });
  return { params: { id: String(made.body.id) } };
}

export const serverRows: readonly Row[] = [
  { operation: 'servers.list', ask: () => ({}), own: READ },
  { operation: 'servers.create', ask: ({ unique }) => ({ body: { name: unique, url } }), own: CREATE },
  { operation: 'servers.get', ask: serverOf, own: READ },
  {
    operation: 'servers.update',
    ask: async cell => ({ ...(await serverOf(cell)), body: { timeout: 9 } }),
    own: CHANGE,
  },
  { operation: 'servers.remove', ask: serverOf, own: CHANGE },
  { operation: 'servers.probe', ask: ({ unique }) => ({ body: { name: unique, url } }), own: CHANGE },
  { operation: 'servers.test', ask: serverOf, own: CHANGE },
  { operation: 'servers.health', ask: serverOf, own: READ },
  { operation: 'servers.log', ask: serverOf, own: READ },
  { operation: 'servers.tools', ask: serverOf, own: READ },
  { operation: 'tools.search', ask: async () => ({ query: '?q=echo' }), own: READ },
  { operation: 'servers.withheld', ask: serverOf, own: READ },
  {
    operation: 'servers.switch-tools',
    ask: async cell => ({ ...(await serverOf(cell)), body: { switches: { x: false } } }),
    own: CHANGE,
  },
  { operation: 'servers.changes', ask: serverOf, own: READ },
  { operation: 'servers.prompts', ask: serverOf, own: READ },
  { operation: 'servers.resources', ask: serverOf, own: READ },
  { operation: 'servers.resource-templates', ask: serverOf, own: READ },
  {
    operation: 'servers.import',
    ask: ({ unique }) => ({ body: { text: JSON.stringify({ mcpServers: { [unique]: { url } } }) } }),
    own: CHANGE,
  },
  { operation: 'tool-mappings.list', ask: () => ({}), own: READ },
  {
    operation: 'tool-mappings.put',
    ask: async cell => {
      const { id } = (await serverOf(cell)).params;
      return { params: { name: `${cell.unique}-echo` }, body: { server: id, tool: 'echo' } };
    },
    own: CHANGE,
  },
  // There is none of that name.
  {
    operation: 'tool-mappings.delete',
    ask: ({ unique }) => ({ params: { name: unique } }),
    own: statuses(401, 403, 403, 404, 401, 403, 404, 403),
  },
];
