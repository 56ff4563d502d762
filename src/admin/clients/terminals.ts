import type { ClientRow, Quirk } from './row.ts';
import { bearer, mcpServers, shell, tokenWord, tomlTable } from './snippets.ts';

const LOCKED_OUT =
  'Locked out? `authmcp-gateway token create --user ME --name laptop`, then `bearer_token_env_var` as above, or `codex mcp login NAME`: each client and machine has tokens of its own, which live for 30 days from their last use (`jwt.refreshTokenExpireDays`) and are not ended by another login.';

const hostAway = (host: string, again: string): Quirk => ({
  of: 'C10',
  says: `It sends a URL as its \`client_id\`. Where the gateway cannot reach ${host}, the browser says so; ${again}, and it registers itself instead.`,
});

/** Clients that live in a terminal. */
export const TERMINALS: readonly ClientRow[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    needsPublicHttps: false,
    program: 'claude',
    snippets: [
      {
        way: 'oauth',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ name, url }) =>
          `${shell('claude', 'mcp', 'add', '--transport', 'http', name, url)} && ${shell('claude', 'mcp', 'login', name)}`,
      },
      {
        way: 'key',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ name, url, token }) =>
          shell(
            'claude',
            'mcp',
            'add',
            '--transport',
            'http',
            name,
            url,
            '--header',
            tokenWord('Authorization: Bearer ', token),
          ),
      },
      {
        way: 'oauth',
        kind: 'json',
        where: '`.mcp.json` in a project; then `/mcp` in a session signs in',
        text: place => mcpServers(place, { type: 'http', url: place.url }),
      },
    ],
    sees: 'The browser asks to sign in and to agree; `claude mcp list` then says `Connected`.',
    quirks: [
      hostAway('claude.ai', '`claude mcp logout NAME` makes it forget that URL, then sign in again'),
      {
        of: 'K11',
        says: 'Without a browser: `claude mcp login NAME --no-browser`, open the address elsewhere, and paste the address that it ends at.',
      },
      { of: 'K22', says: 'It waits on `localhost` at any free port; nothing has to be registered for that.' },
      {
        of: 'K23',
        says: 'It rejects an answer whose `iss` is not the issuer: `authmcp-gateway doctor oauth URL` shows both.',
      },
    ],
    tried: {
      version: '2.1.332',
      how: 'with a key, and signing in with `--no-browser`, by registration and by document, as far as `Connected`',
    },
  },
  {
    id: 'codex',
    title: 'Codex',
    needsPublicHttps: false,
    program: 'codex',
    snippets: [
      {
        way: 'oauth',
        kind: 'shell',
        where: 'In a terminal; it signs in at once',
        text: ({ name, url }) => shell('codex', 'mcp', 'add', name, '--url', url),
      },
      {
        way: 'key',
        kind: 'shell',
        where: 'In a terminal; the variable must be set wherever Codex runs',
        text: ({ name, url, token }) =>
          `export AUTHMCP_TOKEN=${shell(tokenWord('', token))} && ${shell('codex', 'mcp', 'add', name, '--url', url, '--bearer-token-env-var', 'AUTHMCP_TOKEN')}`,
      },
      {
        way: 'key',
        kind: 'toml',
        where: '`~/.codex/config.toml`',
        text: ({ name, url }) =>
          tomlTable(['mcp_servers', name], { url, bearer_token_env_var: 'AUTHMCP_TOKEN' }),
      },
    ],
    sees: '"Detected OAuth support. Starting OAuth flow", an address, and the browser; `codex mcp list` then says `OAuth`.',
    quirks: [
      hostAway('chatgpt.com', 'start signing in again'),
      {
        of: 'K11',
        says: 'Without a browser: `codex mcp login NAME --no-browser`, or open the printed address elsewhere and `curl` the address that it ends at on the machine of Codex; the code is good for minutes.',
      },
      {
        of: 'K12',
        says: 'Without a keyring (servers, containers) its tokens are lost at the end: put `mcp_oauth_credentials_store = "file"` at the top of `~/.codex/config.toml`, or use a key.',
      },
      { of: 'K12', says: LOCKED_OUT },
      {
        of: 'K26',
        says: 'It remembers an old registration: "client unknown" is cured by `codex mcp logout NAME`, `codex mcp remove NAME`, and adding it again.',
      },
      {
        of: 'K16',
        says: 'Its time to start is short: a server that is slow to answer counts as failed (`startup_timeout_sec` in its table).',
      },
    ],
    tried: {
      version: '0.171.0',
      how: 'adding with a key, and signing in, by registration and by document, as far as the list of tools',
    },
  },
  {
    id: 'copilot-cli',
    title: 'GitHub Copilot CLI',
    needsPublicHttps: false,
    program: 'copilot',
    snippets: [
      {
        way: 'oauth',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ name, url }) => shell('copilot', 'mcp', 'add', '--transport', 'http', name, url),
      },
      {
        way: 'key',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ name, url, token }) =>
          shell(
            'copilot',
            'mcp',
            'add',
            '--transport',
            'http',
            '--header',
            tokenWord('Authorization: Bearer ', token),
            name,
            url,
          ),
      },
      {
        way: 'key',
        kind: 'json',
        where: '`~/.copilot/mcp-config.json`',
        text: place =>
          mcpServers(place, {
            type: 'http',
            url: place.url,
            headers: { Authorization: bearer(place.token) },
            tools: ['*'],
          }),
      },
    ],
    sees: '`/mcp show` in a session lists the server and its tools.',
    quirks: [
      {
        of: 'K27',
        says: 'It takes a pasted block with a header: give each machine a key of its own, so that one can be revoked alone.',
      },
    ],
    tried: { version: '1.0.102', how: 'adding with a key, without an account to start a session' },
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    needsPublicHttps: false,
    program: 'gemini',
    snippets: [
      {
        way: 'oauth',
        kind: 'shell',
        where: 'In a terminal; then `/mcp auth NAME` in a session signs in',
        text: ({ name, url }) =>
          shell('gemini', 'mcp', 'add', '--scope', 'user', '--transport', 'http', name, url),
      },
      {
        way: 'key',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ name, url, token }) =>
          shell(
            'gemini',
            'mcp',
            'add',
            '--scope',
            'user',
            '--transport',
            'http',
            '--header',
            tokenWord('Authorization: Bearer ', token),
            name,
            url,
          ),
      },
      {
        way: 'key',
        kind: 'json',
        where: '`~/.gemini/settings.json`',
        text: place =>
          mcpServers(place, { httpUrl: place.url, headers: { Authorization: bearer(place.token) } }),
      },
    ],
    sees: '`gemini mcp list` says `Connected`.',
    quirks: [
      { of: 'C1', says: 'It never sends `MCP-Protocol-Version`; the version of its session counts.' },
      {
        of: 'K30',
        says: 'In its settings `url` alone means the older HTTP+SSE; Streamable HTTP is `httpUrl`, or `url` with `"type": "http"`.',
      },
    ],
    tried: { version: '0.61.0', how: 'with a key as far as `Connected`' },
  },
];
