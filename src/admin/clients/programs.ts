import type { ClientRow } from './row.ts';
import { bearer, mcpRemote, mcpServers, ownBridge, shell, tokenWord } from './snippets.ts';

/** What other clients are connected by, and what needs no client. */
export const PROGRAMS: readonly ClientRow[] = [
  {
    id: 'mcp-remote',
    title: 'mcp-remote',
    needsPublicHttps: false,
    snippets: [
      {
        way: 'stdio',
        kind: 'json',
        where: 'The configuration of any client that only starts programs',
        text: place => mcpServers(place, { command: 'npx', args: mcpRemote(place) }),
      },
      {
        way: 'key',
        kind: 'json',
        where: 'The same, with a key instead of signing in',
        text: place =>
          mcpServers(place, {
            command: 'npx',
            args: [...mcpRemote(place), '--header', `Authorization:\${AUTH_HEADER}`],
            env: { AUTH_HEADER: bearer(place.token) },
          }),
      },
    ],
    sees: 'A browser opens at the first start; after that the client lists the tools.',
    quirks: [
      { of: 'K29', says: 'It registers at `/register` of the origin; the gateway answers there too.' },
      {
        of: 'K26',
        says: 'It remembers registrations and tokens in `~/.mcp-auth`: after a change of the gateway, remove that folder.',
      },
      { says: 'It takes http only on this machine; for others the snippet adds `--allow-http`.' },
    ],
    tried: {
      version: '0.15.1',
      how: 'with a key, and signing in, both as far as the list of tools',
    },
  },
  {
    id: 'curl',
    title: 'curl, or any other program',
    needsPublicHttps: false,
    snippets: [
      {
        way: 'key',
        kind: 'shell',
        where: 'In a terminal',
        text: ({ url, token }) =>
          shell(
            'curl',
            '-s',
            url,
            '-H',
            tokenWord('Authorization: Bearer ', token),
            '-H',
            'Content-Type: application/json',
            '-d',
            '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
          ),
      },
      {
        way: 'key',
        kind: 'json',
        where: 'The configuration of most other clients',
        text: place =>
          mcpServers(place, {
            type: 'http',
            url: place.url,
            headers: { Authorization: bearer(place.token) },
          }),
      },
      {
        way: 'stdio',
        kind: 'json',
        where: 'The configuration of a client that only starts programs',
        text: place =>
          mcpServers(place, {
            command: 'npx',
            args: ownBridge(place),
            env: { AUTHMCP_TOKEN: place.token },
          }),
      },
    ],
    sees: 'The tools as JSON.',
    quirks: [
      {
        of: 'C1',
        says: 'A call without a session and without a handshake is served; an answer is JSON unless streams are accepted.',
      },
      { of: 'K28', says: 'The type of the body is not looked at where the body is JSON.' },
      {
        of: 'K30',
        says: 'Clients of the older HTTP+SSE connect to `/sse`; a `GET` of `/mcp` is a stream or 405.',
      },
    ],
    tried: { version: '7.88.1', how: 'the command above, and it lists the tools' },
  },
];
