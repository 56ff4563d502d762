import { parse as parseToml, TomlError } from 'smol-toml';
import { wrong } from '../api/operation.ts';

/** One server of a pasted text, as its client wrote it. */
export type Pasted = { readonly name: string; readonly fields: Readonly<Record<string, unknown>> };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Under which names clients keep their servers: Claude and Cursor, VS Code, Zed, Codex. */
const MAPS = ['mcpServers', 'servers', 'context_servers', 'mcp_servers'] as const;
const PLACES = ['url', 'serverUrl', 'httpUrl', 'command'] as const;

function serversOf(value: unknown): readonly Pasted[] {
  if (!isFields(value)) throw wrong('text', 'holds no servers');
  const nested = isFields(value.mcp) ? value.mcp : value;
  const map = MAPS.map(name => nested[name]).find(isFields);
  const isOne = PLACES.some(name => typeof value[name] === 'string');
  const entries = isOne ? { [nameOf(value)]: value } : (map ?? value);
  const found = Object.entries(entries).flatMap(([name, fields]) =>
    isFields(fields) ? [{ name, fields }] : [],
  );
  if (found.length === 0) throw wrong('text', 'holds no servers');
  return found;
}

/** A server without a name is called after its host or its program. */
function nameOf({ name, url, serverUrl, httpUrl, command, args }: Fields): string {
  if (typeof name === 'string' && name !== '') return name;
  const host = URL.parse(String(url ?? serverUrl ?? httpUrl ?? ''))?.hostname;
  if (host !== undefined) return host.replace(/^(www|mcp|api)\./, '').split('.')[0] || 'server';
  const words = Array.isArray(args) ? args.map(String) : [];
  // What `npx -y @scope/server-files` runs is its package, and `docker run -i mcp/files` its image.
  const program = RUNNERS.test(lastPart(String(command ?? ''))) ? words.find(isName) : undefined;
  return plainName(lastPart(program ?? String(command ?? ''))) || 'server';
}

const RUNNERS = /^(npx|bunx|pnpm|uvx|uv|docker|podman|node|python3?|deno)$/;
const isName = (word: string) => !word.startsWith('-') && !/^(run|exec|dlx|tool|x)$/.test(word);
const lastPart = (text: string) => text.split(/[\\/]/).at(-1) ?? '';
const plainName = (text: string) =>
  text
    .toLowerCase()
    .replace(/[@:].*$/, '')
    .replace(/\.\w+$/, '')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);

/** Codex names the variable that holds a token; the gateway has none of that person's variables. */
function ofCodex(fields: Fields): Fields {
  const { bearer_token_env_var, http_headers, startup_timeout_sec: _, tool_timeout_sec, ...rest } = fields;
  if (bearer_token_env_var !== undefined)
    throw wrong(
      'text',
      `holds bearer_token_env_var (${String(bearer_token_env_var)}): add the token itself afterwards`,
    );
  return {
    ...rest,
    ...(isFields(http_headers) && { headers: http_headers }),
    ...(typeof tool_timeout_sec === 'number' && { timeout: tool_timeout_sec }),
  };
}

/** The words of a command line, with quotes as a shell reads them; nothing is expanded. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (quote !== '') {
      if (letter === quote) quote = '';
      else if (letter === '\\' && quote === '"' && /["\\$`]/.test(line.charAt(at + 1)))
        word = (word ?? '') + line.charAt(++at);
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '\\') {
      const next = line.charAt(++at);
      if (next !== '\n') word = (word ?? '') + next;
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (quote !== '') throw wrong('text', `has a ${quote} that is not closed`);
  return word === undefined ? words : [...words, word];
}

/** Options of `claude mcp add` and `codex mcp add` that take a value, and the field that it goes to. */
const OPTIONS: Readonly<Record<string, 'type' | 'header' | 'env' | 'url' | 'scope'>> = {
  '-t': 'type',
  '--transport': 'type',
  '-H': 'header',
  '--header': 'header',
  '-e': 'env',
  '--env': 'env',
  '--url': 'url',
  '-s': 'scope',
  '--scope': 'scope',
};

function pair(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at <= 0) throw wrong('text', `has "${text.slice(0, 40)}" where a name and a value belong`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const isUrl = (word: string | undefined) => /^https?:\/\//i.test(word ?? '');

/** `claude mcp add --transport http home http://...`, or `codex mcp add home -- npx ...`. */
function ofCommandLine(text: string): readonly Pasted[] {
  const [, , , ...words] = wordsOf(text);
  const given: { type?: string; url?: string } = {};
  const headers: Record<string, string> = {};
  const env: Record<string, string> = {};
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      rest.push(...words.slice(at + 1));
      break;
    }
    const [flag = '', attached] = word.startsWith('--') ? word.split(/=(.*)/s, 2) : [word];
    // What follows a program is the program's; after a URL come more options.
    const isOurs = rest.length < 2 || (rest.length === 2 && isUrl(rest[1]));
    const option = isOurs ? OPTIONS[flag] : undefined;
    if (option === undefined) {
      if (isOurs && (word.startsWith('-') || rest.length === 2))
        throw wrong('text', `has ${word.slice(0, 40)}, which is not known here`);
      rest.push(word);
      continue;
    }
    const value = attached ?? words[++at] ?? '';
    if (option === 'header') Object.assign(headers, Object.fromEntries([pair(value, ':')]));
    else if (option === 'env') Object.assign(env, Object.fromEntries([pair(value, '=')]));
    else if (option !== 'scope') given[option] = value;
  }
  const [name, first, ...args] = rest;
  if (name === undefined) throw wrong('text', 'names no server');
  const url = given.url ?? (isUrl(first) ? first : undefined);
  const place = url === undefined ? { command: first, args, env } : { url };
  const type = given.type === undefined || given.type === 'stdio' ? {} : { type: given.type };
  return [{ name, fields: { ...place, ...type, ...(Object.keys(headers).length > 0 && { headers }) } }];
}

/** A line that runs a program by its path, or by one of those that fetch what they run. */
function isProgram(line: string): boolean {
  const [first = ''] = line.split(/\s/, 1);
  return !line.includes('\n') && (RUNNERS.test(first) || /^(\.{0,2}\/|~\/)[\w./@-]+$/.test(first));
}

function ofProgram(line: string): readonly Pasted[] {
  const [command = '', ...args] = wordsOf(line);
  const fields = { command, args };
  return [{ name: nameOf(fields), fields }];
}

/**
 * The servers of a text that somebody pasted: a URL, a command, a client's JSON (comments are no part of it), Codex's
 * TOML, or the line by which a client is told of a server. Fault `invalid_request` on `text`.
 */
export function readPasted(text: string): readonly Pasted[] {
  const trimmed = text.trim();
  if (/^(claude|codex) mcp add\s/.test(trimmed)) return ofCommandLine(trimmed);
  if (/^https?:\/\/\S+$/i.test(trimmed)) {
    const fields = { url: trimmed };
    return [{ name: nameOf(fields), fields }];
  }
  if (trimmed.startsWith('{')) {
    try {
      return serversOf(JSON.parse(trimmed));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw wrong('text', `is no JSON: ${error.message}`);
    }
  }
  try {
    return serversOf(parseToml(trimmed)).map(({ name, fields }) => ({ name, fields: ofCodex(fields) }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    if (isProgram(trimmed)) return ofProgram(trimmed);
    throw wrong(
      'text',
      'is neither a URL, a command, JSON, TOML, nor a line like: claude mcp add --transport http NAME URL',
    );
  }
}
