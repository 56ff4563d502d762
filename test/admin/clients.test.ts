import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ClientRow, Place, Snippet } from '../../src/admin/clients/row.ts';
import { SHELL_TOKEN } from '../../src/admin/clients/snippets.ts';
import { clients, commandOf, renderClientsDoc } from '../../src/admin/index.ts';
import { renderDemo } from '../../src/cli/start/demo-text.ts';
import { runToEnd } from '../support/processes.ts';

const GOOD: Place = { url: 'http://localhost:8000/mcp', name: 'authmcp', token: 'amg_1_abc' };
/** What a person could call a client, or paste as an address, that would do something else in a shell or a file. */
const HOSTILE: readonly Place[] = [
  { url: `https://a.example/mcp/it's?a=1&b=2`, name: `x'; touch /tmp/pwned; '`, token: `a"b'c` },
  { url: 'https://a.example/$(id)/`id`', name: '$HOME "$(id)" `id` \\', token: '$(id)' },
  { url: 'https://a.example/mcp#[]{}', name: 'ünïcødé "]\n[evil]\t\u007f', token: '!! $PATH' },
  { url: 'http://192.168.1.2:8000/mcp', name: '', token: '${input:x}' },
  { url: 'https://a.example/mcp', name: SHELL_TOKEN, token: '%PATH%' },
];

type Kind = Snippet['kind'];
type Given = readonly [title: string, snippet: Snippet, place: Place];

const every = (kind: Kind): readonly Given[] =>
  clients.flatMap(({ title, snippets }) =>
    snippets
      .filter(one => one.kind === kind)
      .flatMap((one, at) =>
        [GOOD, ...HOSTILE].map((place, of): Given => [`${title} ${at}.${of}`, one, place]),
      ),
  );

/** The words that the programs would be started with, as a real shell reads them. */
async function wordsOf(line: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const programs = ['claude', 'codex', 'copilot', 'gemini', 'code', 'curl'];
  const stubs = programs.map(name => `${name}() { printf '%s\\0' ${name} "$@"; }`);
  const token = `printf '%s\\0' "$AUTHMCP_TOKEN"`;
  const { stdout, stderr, code } = await runToEnd('/bin/sh', ['-c', [...stubs, line, token].join('\n')], {
    env: { AUTHMCP_TOKEN: '', ...env },
  });
  expect([code, stderr], line).toEqual([0, '']);
  return stdout.split('\0');
}

/** Every text in a JSON value, keys too. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsIn(one)]);
}

describe('the snippets of each client', () => {
  it.for(every('json'))('%s is JSON that holds name and address', ([, { text, way, where }, place]) => {
    const value = JSON.parse(text(place));
    const texts = textsIn(value);
    expect(texts).toContain(place.url);
    expect(Object.keys(value.mcpServers ?? value.servers)).toEqual([place.name]);
    const asksForKey = where.includes('asks for the key');
    if (way === 'key' && !asksForKey) expect(texts.some(one => one.endsWith(place.token))).toBe(true);
  });

  it.for(every('shell'))('%s reaches its program word by word', async ([, { text, way }, place]) => {
    const words = await wordsOf(text(place));
    expect(words.some(word => word === place.url || word.includes(JSON.stringify(place.url)))).toBe(true);
    if (words[0] !== 'curl')
      expect(words.some(word => word === place.name || word.includes(JSON.stringify(place.name)))).toBe(true);
    const tokens = words.filter(
      word => word === place.token || word === `Authorization: Bearer ${place.token}`,
    );
    expect(tokens.length > 0).toBe(way === 'key');
  });

  it.for(every('toml'))('%s is a table of TOML', ([, { text }, place]) => {
    const [head = '', ...lines] = text(place).split('\n');
    const [, key = ''] = /^\[mcp_servers\.(.+)\]$/.exec(head) ?? [];
    expect(key.startsWith('"') ? JSON.parse(key) : key).toBe(place.name);
    const values = lines.map(line => /^([\w-]+) = ("(?:[^"\\\u0000-\u001f\u007f]|\\.)*")$/.exec(line));
    const entries = values.map(found => [found?.[1], JSON.parse(found?.[2] ?? 'null')]);
    expect(Object.fromEntries(entries)).toEqual({ url: place.url, bearer_token_env_var: 'AUTHMCP_TOKEN' });
  });

  it.for(every('link'))('%s decodes back to name and address', ([, { text }, place]) => {
    const link = new URL(text(place));
    const isCursor = link.protocol === 'cursor:';
    const config = isCursor
      ? JSON.parse(Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString())
      : JSON.parse(decodeURIComponent(link.search.slice(1)));
    expect(config.url).toBe(place.url);
    expect(isCursor ? link.searchParams.get('name') : config.name).toBe(place.name);
    expect(text(place)).toMatch(
      /^(cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install|vscode:mcp\/install)\?[\w%=&.~*'()!-]+$/,
    );
  });

  it.for(every('address'))('%s is the address', ([, { text }, place]) => {
    expect(text(place)).toBe(place.url);
  });

  it('a variable of the shell is read by the shell, as a token and nowhere else', async () => {
    const [claude] = clients.filter(({ id }) => id === 'claude-code');
    const line = claude && commandOf(claude, 'key', { ...GOOD, name: SHELL_TOKEN, token: SHELL_TOKEN });
    const words = await wordsOf(line ?? '', { TOKEN: 'amg_2_x' });
    expect(words).toContain('Authorization: Bearer amg_2_x');
    expect(words).toContain('$TOKEN');
  });

  it('mcp-remote is told so where it is http on another machine', () => {
    const text = ({ id }: ClientRow, url: string) =>
      clients.find(one => one.id === id)?.snippets[0]?.text({ ...GOOD, url });
    const [remote] = clients.filter(({ id }) => id === 'mcp-remote');
    expect(remote && text(remote, 'http://10.0.0.7:8000/mcp')).toContain('--allow-http');
    for (const url of [GOOD.url, 'http://[::1]:8000/mcp', 'http://127.0.0.1/mcp', 'https://a.example/mcp'])
      expect(remote && text(remote, url)).not.toContain('--allow-http');
    expect(remote && text(remote, 'http://localhost.evil.example/mcp')).toContain('--allow-http');
  });
});

describe('the table', () => {
  const quirks = clients.flatMap(one => one.quirks);

  it('has each client once, with a way in and whole sentences', () => {
    expect(new Set(clients.map(({ id }) => id)).size).toBe(clients.length);
    for (const { title, snippets, sees, quirks: own } of clients) {
      expect(snippets.length, title).toBeGreaterThan(0);
      for (const sentence of [sees, ...own.map(({ says }) => says)]) expect(sentence).toMatch(/[.]$/);
    }
  });

  it('says of each quirk that was found what to do', () => {
    const found = new Set(quirks.map(({ of }) => of));
    for (const of of ['K11', 'K12', 'K24', 'K25', 'K26', 'K27', 'K28', 'K29', 'K30'])
      expect(found).toContain(of);
  });

  it('gives clients in a cloud nothing but the public address', () => {
    const cloud = clients.filter(one => one.needsPublicHttps);
    expect(cloud.map(({ id }) => id)).toEqual(['claude-ai', 'chatgpt']);
    for (const { snippets } of cloud) expect(snippets.map(({ kind }) => kind)).toEqual(['address']);
  });

  it('K12: who is locked out of Codex finds the way back', () => {
    const text = quirks.map(({ says }) => says).join('\n');
    for (const way of [
      'token create',
      'bearer_token_env_var',
      'codex mcp login',
      'mcp_oauth_credentials_store = "file"',
    ])
      expect(text).toContain(way);
  });
});

describe('what is made from it', () => {
  it('docs/clients.md is current', () => {
    const file = fileURLToPath(new URL('../../docs/clients.md', import.meta.url));
    const text = readFileSync(file, 'utf8');
    expect(text === renderClientsDoc(clients), 'Run: npm run docs').toBe(true);
    for (const { title } of clients) expect(text).toContain(`\n## ${title}\n`);
    const anchors = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
    expect(new Set(anchors).size).toBe(clients.length);
  });

  it('the demo shows the clients that are on PATH, and no others', () => {
    const demo = {
      version: '2.0.0',
      origin: 'http://localhost:8000',
      mcpUrl: GOOD.url,
      password: 'p',
      token: GOOD.token,
      movedFrom: undefined,
    };
    const both = renderDemo({ ...demo, clients: ['claude', 'codex'] });
    expect(both).toContain(`or connect a real client:
  claude mcp add --transport http demo http://localhost:8000/mcp && claude mcp login demo
  codex mcp add demo --url http://localhost:8000/mcp
`);
    expect(renderDemo({ ...demo, clients: ['codex', 'bash'] })).not.toMatch(/claude mcp|bash/);
    expect(renderDemo({ ...demo, clients: [] })).not.toContain('real client');
  });
});
