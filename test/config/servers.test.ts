// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${X} is the syntax of the configuration file
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import { loadConfig } from '../../src/config/index.ts';

function load(text: string, env: Readonly<Record<string, string>> = {}, name = 'authmcp.yaml') {
  const cwd = mkdtempSync(join(tmpdir(), 'amg-servers-'));
  writeFileSync(join(cwd, name), text);
  return { cwd, ...loadConfig({ env, cwd }) };
}

function one(text: string, env: Readonly<Record<string, string>> = {}) {
  return load(`mcpServers:\n  x: ${text}`, env).servers[0];
}

function reveal(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reveal(inner)]));
}

describe('servers as clients write them', () => {
  it('Claude, Cursor: url with headers, command with args and env', () => {
    const { servers, cwd } = load(
      `{
\t"mcpServers": {
\t\t"GitHub MCP": { "type": "streamable-http", "url": "https://api.example.com/mcp/", "headers": { "Authorization": "Bearer \${GH}" } },
\t\t"notes": { "command": "npx", "args": ["-y", "notes", 7], "env": { "KEY": "\${env:NOTES:-none}" }, "cwd": "sub" }
\t}
}`,
      { GH: 's3cret' },
      'authmcp.json',
    );
    expect(servers[0]).toMatchObject({
      name: 'github-mcp',
      title: 'GitHub MCP',
      source: 'file',
      transport: { kind: 'http', url: 'https://api.example.com/mcp/' },
      prefix: 'github-mcp_',
      enabled: true,
      timeoutMs: 30_000,
      protocol: 'auto',
      grants: [],
    });
    expect(servers[0]?.headers.Authorization?.reveal()).toBe('Bearer s3cret');
    const transport = servers[1]?.transport;
    expect(transport).toMatchObject({
      kind: 'stdio',
      command: 'npx',
      args: ['-y', 'notes', '7'],
      cwd: join(cwd, 'sub'),
    });
    expect(transport?.kind === 'stdio' && transport.env.KEY?.reveal()).toBe('none');
  });

  it.each([
    ['VS Code', '{ "inputs": [], "servers": { "x": { "type": "http", "url": "http://h/mcp" } } }', 'http'],
    ['Windsurf', '{ "mcpServers": { "x": { "serverUrl": "http://h/mcp" } } }', 'http'],
    ['Gemini', '{ "mcpServers": { "x": { "httpUrl": "http://h/mcp" } } }', 'http'],
    ['an older client', '{ "mcpServers": { "x": { "type": "sse", "url": "http://h/mcp" } } }', 'sse'],
  ])('%s', (_, text, kind) => {
    expect(load(text).servers[0]?.transport).toEqual({ kind, url: 'http://h/mcp' });
  });

  it('keys of other programs are named and skipped; disabled means not enabled', () => {
    const { servers, warnings } = load(
      'mcpServers:\n  x: { url: "http://h", disabled: true, autoApprove: [a], timout: 5, timeout: 60000 }',
    );
    expect(servers[0]).toMatchObject({ enabled: false, timeoutMs: 60_000 });
    expect(warnings).toEqual([
      'authmcp.yaml:2 server x: autoApprove means nothing here and is skipped.',
      'authmcp.yaml:2 server x: timout means nothing here and is skipped; did you mean timeout?',
      'authmcp.yaml:2 server x: timeout 60000 is read as milliseconds, as some clients write it.',
    ]);
  });

  it('T5 __proto__, constructor and toString are ordinary names', () => {
    const { servers } = load(
      'mcpServers:\n  __proto__: { url: "http://h", headers: { __proto__: a, toString: b } }\n  constructor: { url: "http://i" }',
    );
    expect(servers.map(server => server.name)).toEqual(['proto', 'constructor']);
    expect(Object.keys(servers[0]?.headers ?? {})).toEqual(['__proto__', 'toString']);
  });
});

describe('what this file adds to them', () => {
  it('prefix, protocol, private, stateless, grants', () => {
    const entry = one(
      '{ url: "http://h", prefix: "", protocol: modern, private: deny, stateless: true, grants: [alice, "group:home", "*"] }',
    );
    expect(entry).toMatchObject({
      prefix: '',
      protocol: 'modern',
      private: 'deny',
      stateless: true,
      grants: ['alice', 'group:home', '*'],
    });
  });

  it.each([
    ['{ bearer: "${T}" }', { kind: 'bearer', token: 't0ken' }],
    ['{ basic: { user: u, password: "p:q" } }', { kind: 'basic', user: 'u', password: 'p:q' }],
    ['{ basic: "u:p:q" }', { kind: 'basic', user: 'u', password: 'p:q' }],
    ['{ headers: { X-Api-Key: k } }', { kind: 'headers', headers: { 'X-Api-Key': 'k' } }],
  ])('auth: %s', (auth, expected) => {
    const found = one(`{ url: "http://h", auth: ${auth} }`, { T: 't0ken' })?.auth;
    expect(JSON.stringify(found)).not.toMatch(/t0ken|p:q|"k"/);
    expect(reveal(found)).toEqual(expected);
  });

  it('$${ is a plain ${', () => {
    expect(one('{ url: "http://h", headers: { X-A: "$${X}" } }')?.headers['X-A']?.reveal()).toBe('${X}');
  });
});

describe('a command', () => {
  it('may be one process for each client session', () => {
    const { servers } = load('mcpServers: { a: { command: x, stateful: true }, b: { command: x } }');
    expect(servers.map(({ stateful }) => stateful)).toEqual([true, false]);
  });
});

describe('refused with file and line', () => {
  const at = /^authmcp\.yaml:2 /;
  it.each([
    ['neither url nor command', '{ headers: {} }', /either a url or a command/],
    ['both', '{ url: "http://h", command: x }', /either a url or a command/],
    ['stdio with url', '{ type: stdio, url: "http://h" }', /stdio needs a command/],
    ['unknown type', '{ type: htp, url: "http://h" }', /not "htp"; did you mean http\?/],
    ['another scheme', '{ url: "file:///etc/passwd" }', /must begin with http/],
    ['password in the url', '{ url: "http://u:p@h/" }', /url holds a password/],
    ['unset reference', '{ url: "http://h", headers: { X: "${NOPE}" } }', /\$\{NOPE\} is not set/],
    ['a prompt of VS Code', '{ url: "http://h", headers: { X: "${input:key}" } }', /is no environment name/],
    ['T11 line break in a header', '{ url: "http://h", headers: { X: "a\\r\\nHost: b" } }', /line break/],
    ['T11 NUL in a header', '{ url: "http://h", headers: { X: "a\\0" } }', /line break/],
    ['Host', '{ url: "http://h", headers: { hOst: b } }', /belongs to the gateway/],
    ['Content-Length', '{ url: "http://h", headers: { Content-Length: 1 } }', /belongs to the gateway/],
    ['Mcp-*', '{ url: "http://h", headers: { Mcp-Method: x } }', /belongs to the gateway/],
    ['no header name', '{ url: "http://h", headers: { "a b": x } }', /not the name of a header/],
    ['a header twice', '{ url: "http://h", headers: { X-A: 1, x-a: 2 } }', /given twice/],
    [
      'two credentials',
      '{ url: "http://h", headers: { authorization: x }, auth: { bearer: y } }',
      /Keep one/,
    ],
    ['two kinds of auth', '{ url: "http://h", auth: { bearer: x, basic: "a:b" } }', /takes one of/],
    ['another kind of auth', '{ url: "http://h", auth: { type: oauth2 } }', /not "type"/],
    ['basic without colon', '{ url: "http://h", auth: { basic: abc } }', /"user:password"/],
    ['empty bearer', '{ url: "http://h", auth: { bearer: "" } }', /auth\.bearer is empty/],
    ['prefix with a slash', '{ url: "http://h", prefix: "a/" }', /prefix may hold/],
    ['timeout', '{ url: "http://h", timeout: soon }', /number of seconds/],
    ['grants', '{ url: "http://h", grants: ["a b"] }', /grants takes/],
    ['enabled', '{ url: "http://h", enabled: maybe }', /true or false/],
    ['stateless and stateful', '{ url: "http://h", stateless: true, stateful: true }', /not both/],
    ['NUL in a command', '{ command: "a\\0" }', /command and args cannot hold NUL/],
    ['half a character in an argument', '{ command: a, args: ["\\ud800"] }', /half a character/],
    ['NUL in cwd', '{ command: a, cwd: "/tmp/\\0" }', /cwd cannot hold NUL/],
    ['NUL in the environment', '{ command: a, env: { A: "\\0" } }', /cannot be handed to a program/],
  ])('%s', (_, text, says) => {
    expect(() => one(text)).toThrow(at);
    expect(() => one(text)).toThrow(says);
  });

  it.each([
    [
      'one slug twice',
      'a b: { url: "http://h" }\n  A-B: { url: "http://i" }',
      /^authmcp\.yaml:3 "A-B" and "a b" \(authmcp\.yaml:2\) are both a-b/,
    ],
    [
      'one name twice',
      'a: { url: "http://h" }\n  a: { url: "http://i" }',
      /^authmcp\.yaml:3 a is given twice; it stands at authmcp\.yaml:2/,
    ],
    ['a name of ours', 'Messages: { url: "http://h" }', /address of the gateway itself/],
    ['no letter', '"日本": { url: "http://h" }', /needs a letter/],
  ])('%s', (_, text, says) => {
    expect(() => load(`mcpServers:\n  ${text}`)).toThrow(says);
  });
});
