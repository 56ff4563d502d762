import type { Place } from './row.ts';

/** The token as a variable of the shell, where an earlier command put it there. */
export const SHELL_TOKEN = '$TOKEN';

/** A word of a command line; `raw` is left to the shell as it stands. */
type Word = string | { readonly raw: string };

/** Whatever is in it stays one word. Double quotes where they are safe, for they work on Windows too. */
function quoteWord(word: Word): string {
  if (typeof word !== 'string') return word.raw;
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (/^[\w@%+=:,./ -]+$/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of these words. */
export function shell(...words: readonly Word[]): string {
  return words.map(quoteWord).join(' ');
}

/** The token behind what stands before it, as one word. */
export function tokenWord(before: string, token: string): Word {
  return token === SHELL_TOKEN ? { raw: `"${before}${token}"` } : before + token;
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** The block that most clients share, with their own members for the server. */
export function mcpServers({ name }: Place, server: object): string {
  return json({ mcpServers: { [name]: server } });
}

/** A basic string of TOML: JSON escapes the same, but for DEL. */
function tomlText(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

function tomlKey(text: string): string {
  return /^[\w-]+$/.test(text) ? text : tomlText(text);
}

/** A table of TOML with texts as values. */
export function tomlTable(path: readonly string[], values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `${tomlKey(key)} = ${tomlText(value)}`);
  return [`[${path.map(tomlKey).join('.')}]`, ...lines].join('\n');
}

/** The link by which Cursor asks whether to install a server. */
export function cursorLink({ name, url }: Place): string {
  const config = Buffer.from(JSON.stringify({ url })).toString('base64');
  const query = `name=${encodeURIComponent(name)}&config=${encodeURIComponent(config)}`;
  return `cursor://anysphere.cursor-deeplink/mcp/install?${query}`;
}

/** The link by which VS Code asks whether to install a server. */
export function codeLink({ name, url }: Place): string {
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, type: 'http', url }))}`;
}

/** How `mcp-remote` is started; it takes http on other machines only when told so. */
export function mcpRemote({ url }: Place): readonly string[] {
  const { protocol, hostname } = new URL(url);
  const isOpen = protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return ['-y', 'mcp-remote', url, ...(isOpen ? ['--allow-http'] : [])];
}

/** How this package's own bridge is started. */
export function ownBridge({ url }: Place): readonly string[] {
  return ['-y', 'authmcp-gateway', 'stdio', '--url', url];
}
