import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';

function mode(env: Readonly<Record<string, string>> = {}) {
  return loadConfig({ env, cwd: mkdtempSync(join(tmpdir(), 'amg-mode-')) }).mode;
}

describe('local mode', () => {
  it.each([
    ['by default', {}, true, 'http://localhost:8000'],
    [
      'by its public address',
      { MCP_PUBLIC_URL: 'http://127.0.0.1:9105/', HOST: '0.0.0.0' },
      false,
      'http://localhost:9105',
    ],
    ['on an address of the network', { HOST: '192.168.1.5' }, false, 'http://localhost:8000'],
    ['at port 80', { MCP_PUBLIC_URL: 'http://localhost' }, true, 'http://localhost'],
  ])('%s', (_, env, isPrivate, origin) => {
    const found = mode(env);
    expect([found.kind, found.isPrivate, found.isHttps, found.at(8000).origin]).toEqual([
      'local',
      isPrivate,
      false,
      origin,
    ]);
  });

  it('T2 answers the three spellings of this machine at its own ports and no other Host', () => {
    const face = mode({ MCP_PUBLIC_URL: 'http://localhost:9105' }).at(8000);
    const hosts = ['localhost:9105', '127.0.0.1:8000', '[::1]:9105', 'LOCALHOST:8000'];
    expect(hosts.map(host => face.isHostAllowed(host))).toEqual([true, true, true, true]);
    const others = [
      undefined,
      '',
      'evil.example',
      'localhost',
      'localhost:1',
      'localhost.evil.example:8000',
      '127.0.0.2:8000',
    ];
    expect(others.map(host => face.isHostAllowed(host))).toEqual(others.map(() => false));
    expect(face.hostRefusal).toBe('This gateway is http://localhost:9105');
  });

  it('T9 lets pages of this machine and named origins call', () => {
    const face = mode({ ALLOWED_ORIGINS: 'https://app.example.com/, vscode-webview://abc' }).at(8000);
    const allowed = [
      'http://localhost:6274',
      'https://127.0.0.1',
      'http://[::1]:1',
      'https://app.example.com',
      'vscode-webview://abc',
    ];
    expect(allowed.map(origin => face.isOriginAllowed(origin))).toEqual(allowed.map(() => true));
    const refused = [
      'null',
      'https://evil.example',
      'http://localhost.evil.example',
      'http://localhost:1/path',
      'file://',
      '',
    ];
    expect(refused.map(origin => face.isOriginAllowed(origin))).toEqual(refused.map(() => false));
  });
});

describe('served mode', () => {
  const env = { MCP_PUBLIC_URL: 'https://mcp.example.com', TRANSPORT_ALLOWED_HOSTS: 'inner, 10.0.0.1:8000' };

  it('answers its own host and those that were named', () => {
    const face = mode(env).at(8000);
    expect(face.origin).toBe('https://mcp.example.com');
    const hosts = ['mcp.example.com', 'MCP.example.com:443', 'inner', 'inner:77', '10.0.0.1:8000'];
    expect(hosts.map(host => face.isHostAllowed(host))).toEqual(hosts.map(() => true));
    const others = ['localhost:8000', 'mcp.example.com:8000', 'mcp.example.com.evil', '10.0.0.1', 'xinner'];
    expect(others.map(host => face.isHostAllowed(host))).toEqual(others.map(() => false));
    expect(face.hostRefusal).not.toContain('mcp.example.com');
  });

  it('takes its own origin and no loopback one', () => {
    const face = mode(env).at(8000);
    expect(face.isOriginAllowed('https://mcp.example.com')).toBe(true);
    expect(face.isOriginAllowed('http://localhost:8000')).toBe(false);
    expect([mode(env).kind, mode(env).isPrivate, mode(env).isHttps]).toEqual(['served', false, true]);
  });

  it('may be http where that is said', () => {
    const found = mode({ MCP_PUBLIC_URL: 'http://192.168.1.5:8000', ALLOW_INSECURE_HTTP: 'true' });
    expect([found.kind, found.isHttps, found.at(8000).origin]).toEqual([
      'served',
      false,
      'http://192.168.1.5:8000',
    ]);
  });
});

describe('refused', () => {
  it.each([
    [
      'http on another host',
      { MCP_PUBLIC_URL: 'http://mcp.example.com' },
      /Set MCP_PUBLIC_URL=https:\/\/mcp\.example\.com, or ALLOW_INSECURE_HTTP=true/,
    ],
    [
      'a path',
      { MCP_PUBLIC_URL: 'https://mcp.example.com/mcp' },
      /has no path\. Set MCP_PUBLIC_URL=https:\/\/mcp\.example\.com\./,
    ],
    ['no address', { MCP_PUBLIC_URL: 'mcp.example.com' }, /must be an address/],
    ['credentials', { MCP_PUBLIC_URL: 'https://u@mcp.example.com' }, /must be an address/],
    [
      'T21 open to the network',
      { AUTH_REQUIRED: 'false', HOST: '0.0.0.0' },
      /^AUTH_REQUIRED=false is possible only/,
    ],
    [
      'T21 open when served',
      { AUTH_REQUIRED: 'false', MCP_PUBLIC_URL: 'https://a.example' },
      /^AUTH_REQUIRED=false/,
    ],
    ['every origin', { ALLOWED_ORIGINS: '*' }, /cannot hold \*/],
    ['no origin', { ALLOWED_ORIGINS: 'https://a.example/x' }, /must hold origins/],
    ['no host', { TRANSPORT_ALLOWED_HOSTS: 'https://a.example' }, /must hold hosts/],
  ])('%s', (_, env, says) => {
    expect(() => mode(env)).toThrow(says);
  });

  it('T21 AUTH_REQUIRED=false is possible on this machine alone, with a warning', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'amg-mode-'));
    const config = loadConfig({ env: { AUTH_REQUIRED: 'false', HOST: '127.0.0.1' }, cwd });
    expect(config.settings['system.authRequired']).toBe(false);
    expect(config.warnings.join()).toMatch(/may call as anonymous/);
  });
});
