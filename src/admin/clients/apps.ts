import type { ClientRow, Snippet } from './row.ts';
import { bearer, codeLink, cursorLink, json, mcpRemote, mcpServers, ownBridge, shell } from './snippets.ts';

const address = (where: string): Snippet => ({
  way: 'oauth',
  kind: 'address',
  where,
  text: ({ url }) => url,
});

/** Clients with windows, and those in a browser. */
export const APPS: readonly ClientRow[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    needsPublicHttps: false,
    snippets: [
      {
        way: 'stdio',
        kind: 'json',
        where:
          'Settings > Developer > Edit Config (`claude_desktop_config.json`); then quit and start it again',
        text: place => mcpServers(place, { command: 'npx', args: mcpRemote(place) }),
      },
      {
        way: 'key',
        kind: 'json',
        where: 'The same file, with a key and no browser',
        text: place =>
          mcpServers(place, {
            command: 'npx',
            args: ownBridge(place),
            env: { AUTHMCP_TOKEN: place.token },
          }),
      },
      address('With a public https address: Settings > Connectors > Add custom connector'),
    ],
    sees: 'The server and its tools under the tools button of a chat.',
    quirks: [
      {
        of: 'K24',
        says: 'Older versions did not refresh tokens: give their client a longer life of its own instead of making all tokens long.',
      },
      {
        says: 'It skips entries with `url` in its file; only commands are started. A connector comes from its maker’s cloud.',
      },
    ],
    tried: 'by trace',
  },
  {
    id: 'claude-ai',
    title: 'claude.ai',
    needsPublicHttps: true,
    snippets: [address('Settings > Connectors > Add custom connector')],
    sees: 'The consent page, with the redirect to claude.ai; then the connector under the tools of a chat.',
    quirks: [
      {
        of: 'K17',
        says: 'It sends a URL as its `client_id`; the gateway fetches the document behind it, so the gateway needs a way out to claude.ai (`authmcp-gateway doctor oauth URL` says whether that is announced).',
      },
      {
        of: 'K19',
        says: 'Issuer, resource and address must agree to the letter: set `MCP_PUBLIC_URL` to what you paste, without a slash at the end.',
      },
      {
        of: 'K20',
        says: 'Where it finds no metadata it tries `/authorize`, `/token` and `/register` of the origin; the gateway answers there too.',
      },
    ],
    tried: 'by trace',
  },
  {
    id: 'chatgpt',
    title: 'ChatGPT',
    needsPublicHttps: true,
    snippets: [
      address(
        'Settings > Apps (older: Connectors) > Advanced > Developer mode, then Create app: this URL, authentication OAuth',
      ),
    ],
    sees: 'The consent page, with the redirect to chatgpt.com.',
    quirks: [
      { of: 'K1', says: 'It rejects registrations with members that are null; the gateway leaves them out.' },
      { of: 'K2', says: 'It asks for `openid` and reads the ID token and userinfo.' },
      { of: 'K5', says: 'It reads `securitySchemes` of each tool; what a server wrote there itself stays.' },
    ],
    tried: 'by trace',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    needsPublicHttps: false,
    snippets: [
      { way: 'oauth', kind: 'link', where: 'Open this link', text: cursorLink },
      {
        way: 'oauth',
        kind: 'json',
        where: '`~/.cursor/mcp.json`, or `.cursor/mcp.json` in a project',
        text: place => mcpServers(place, { url: place.url }),
      },
      {
        way: 'key',
        kind: 'json',
        where: 'The same file',
        text: place => mcpServers(place, { url: place.url, headers: { Authorization: bearer(place.token) } }),
      },
    ],
    sees: 'Cursor asks whether to install it, then the browser opens; the server turns green in its settings.',
    quirks: [
      {
        of: 'K25',
        says: 'It registers `cursor://` beside loopback redirects; the gateway takes both and compares them to the letter.',
      },
    ],
    tried: 'by trace',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    needsPublicHttps: false,
    snippets: [
      { way: 'oauth', kind: 'link', where: 'Open this link', text: codeLink },
      {
        way: 'oauth',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ name, url }) => shell('code', '--add-mcp', JSON.stringify({ name, type: 'http', url })),
      },
      {
        way: 'key',
        kind: 'json',
        where:
          '`.vscode/mcp.json`, or the command "MCP: Open User Configuration"; it asks for the key and keeps it',
        text: ({ name, url }) =>
          json({
            inputs: [
              { type: 'promptString', id: 'authmcp-token', description: 'Gateway key', password: true },
            ],
            servers: {
              [name]: { type: 'http', url, headers: { Authorization: bearer(`\${input:authmcp-token}`) } },
            },
          }),
      },
    ],
    sees: 'VS Code asks whether to install it and to sign in; "MCP: List Servers" shows it running.',
    quirks: [
      {
        of: 'K26',
        says: 'It keeps old clients and tokens: "Authentication: Remove Dynamic Authentication Providers" makes it register again.',
      },
    ],
    tried: 'by trace',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    needsPublicHttps: false,
    snippets: [
      {
        way: 'oauth',
        kind: 'json',
        where: '`~/.codeium/windsurf/mcp_config.json`; then refresh the list of servers',
        text: place => mcpServers(place, { serverUrl: place.url }),
      },
      {
        way: 'key',
        kind: 'json',
        where: 'The same file',
        text: place =>
          mcpServers(place, { serverUrl: place.url, headers: { Authorization: bearer(place.token) } }),
      },
    ],
    sees: 'The browser opens; the server and its tools stand in the list of Cascade.',
    quirks: [
      {
        of: 'K30',
        says: 'The member is `serverUrl`; a block with `url` from another client does not connect.',
      },
    ],
    tried: 'by trace',
  },
];
