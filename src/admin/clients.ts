import { APPS } from './clients/apps.ts';
import { PROGRAMS } from './clients/programs.ts';
import type { ClientRow, Place, Way } from './clients/row.ts';
import { TERMINALS } from './clients/terminals.ts';

const ORDER = [
  'claude-code',
  'claude-desktop',
  'claude-ai',
  'chatgpt',
  'codex',
  'cursor',
  'vscode',
  'copilot-cli',
  'windsurf',
  'gemini-cli',
  'mcp-remote',
  'curl',
];

/** Every client that the gateway says something of: documents, pages and the demo take their lines from here. */
export const clients: readonly ClientRow[] = [...TERMINALS, ...PROGRAMS, ...APPS].sort(
  (a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id),
);

/** The command line by which a client is connected, where it has one. */
export function commandOf(client: ClientRow, way: Way, place: Place): string | undefined {
  return client.snippets.find(one => one.kind === 'shell' && one.way === way)?.text(place);
}
