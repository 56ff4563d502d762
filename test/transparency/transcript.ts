import type { JournalEntry } from '../fixtures/journal.ts';
import { type Node, readText } from './json-text.ts';
import type { Exchange, WireClient } from './wire/client.ts';

/** One row as it was seen by the client and as it reached the server, each as JSON text. */
export type Transcript = { readonly seen: string; readonly server: string };

/** Both parts as one tree. */
export const wholeOf = ({ seen, server }: Transcript): Node =>
  readText(`${seen.slice(0, -1)},"server":${server}}`);

/**
 * Values that their sender chooses freely, so that they differ each time: compared by what they are equal to, not by
 * what they are. With the page that says so.
 */
const OPAQUE: Readonly<Record<string, string>> = {
  taskId: '2025-11-25 basic/utilities/tasks, "Task IDs"; SEP-2663, "Task"',
  requestState: '2026-07-28 basic/patterns/mrtr, "an opaque string meaningful only to the server"',
  elicitationId: '2025-11-25 client/elicitation, "URL Mode Elicitation Requests"',
  nextCursor: '2025-11-25 server/utilities/pagination, "opaque"',
  createdAt: '2025-11-25 basic/utilities/tasks, "Task": a moment',
  lastUpdatedAt: '2025-11-25 basic/utilities/tasks, "Task": a moment',
};

/** Names the opaque values of one transcript by the order in which they appear. */
class Names {
  readonly #names = new Map<string, string>();
  #keys = 0;

  of(kind: string, text: string): string {
    // Moments may fall together or apart.
    if (kind.endsWith('At')) return `"‹${kind}›"`;
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = `"‹${kind} ${this.#names.size + 1}›"`;
    this.#names.set(text, name);
    return name;
  }

  /** A key that the server assigned stands for its place alone. */
  key(): string {
    this.#keys++;
    return `"‹key ${this.#keys}›"`;
  }

  known(text: string): string | undefined {
    return this.#names.get(text);
  }
}

function veil(node: Node, names: Names, key = ''): string {
  if (node.kind === 'scalar') {
    if (OPAQUE[key] !== undefined && node.text.startsWith('"')) return names.of(key, node.text);
    return names.known(node.text) ?? node.text;
  }
  // Space between the tokens stays as it is: each value is replaced where it stands.
  let text = node.text;
  let from = 0;
  const parts = node.kind === 'array' ? node.items.map(one => ['', one] as const) : node.members;
  const isQuestion =
    node.kind === 'object' &&
    parts.some(([name]) => name === 'method') &&
    parts.some(([name]) => name === 'id');
  const hasKeys = key === 'inputRequests' && node.kind === 'object';
  for (const [name, part] of parts) {
    if (hasKeys) {
      const raw = JSON.stringify(name);
      const at = text.indexOf(raw, from);
      const veiled = names.key();
      text = `${text.slice(0, at)}${veiled}${text.slice(at + raw.length)}`;
      from = at + veiled.length;
    }
    const at = text.indexOf(part.text, from);
    const veiled = isQuestion && name === 'id' ? names.of('id', part.text) : veil(part, names, name);
    text = `${text.slice(0, at)}${veiled}${text.slice(at + part.text.length)}`;
    from = at + veiled.length;
  }
  return text;
}

/** JSON as it is, anything else as a string. */
function asJson(text: string | undefined): string {
  if (text === undefined) return 'null';
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

function ofExchange({ http: seen, order, said, answer }: Exchange, hasHttp: boolean): string {
  const http = hasHttp ? seen : null;
  return `{"http":${JSON.stringify(http)},"order":${JSON.stringify(order)},"said":[${said.map(asJson).join(',')}],"answer":${asJson(answer)}}`;
}

const MIRRORED = ['mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcp-param-region'];

/** What reached the server: method and `params` as they came, with the headers that mirror them. */
function ofArrival({ method, params, headers }: JournalEntry): string {
  const mirrored = Object.fromEntries(
    MIRRORED.flatMap(name => (headers[name] ? [[name, headers[name]]] : [])),
  );
  return `{"method":"${method}","params":${asJson(params?.replace(/("progressToken"\s*:\s*)("[^"]*"|\d+)/, '$1"‹token›"'))},"headers":${JSON.stringify(mirrored)}}`;
}

/** The transcript of a row: what the client saw, and what reached the server. */
export function transcriptOf(
  client: WireClient,
  arrived: readonly JournalEntry[],
  hasHttp: boolean,
): Transcript {
  const exchanges = client.exchanges.map(one => ofExchange(one, hasHttp)).join(',');
  // That a list has changed may be said more than once; what counts is that it is said.
  const isAgain = (text: string, at: number) => text.includes('_changed"') && client.heard.indexOf(text) < at;
  const heard = client.heard
    .filter((text, at) => !isAgain(text, at))
    .map(asJson)
    .join(',');
  const seen = veil(readText(`{"exchanges":[${exchanges}],"heard":[${heard}]}`), new Names());
  const server = veil(readText(`[${arrived.map(ofArrival).join(',')}]`), new Names());
  return { seen, server };
}
