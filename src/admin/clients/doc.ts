import type { ClientRow, Place, Snippet, Way } from './row.ts';

const HERE: Place = { url: 'http://localhost:8000/mcp', name: 'authmcp', token: 'TOKEN' };
const PUBLIC: Place = { ...HERE, url: 'https://mcp.example.com/mcp' };

const HEAD = `# Clients

This page is made from the table in \`src/admin/clients.ts\` by \`npm run docs\`; do not edit it.

The address is \`http://localhost:8000/mcp\` for everything that a person was granted, \`/mcp/SERVER\` for one server, and your
\`MCP_PUBLIC_URL\` instead of \`http://localhost:8000\` where it is set. \`TOKEN\` is an API key: \`npx authmcp-gateway token create --user ME
--name laptop\` prints one. Something does not work: \`npx authmcp-gateway doctor oauth URL\` walks the way of a client and names the hop
that is broken.

A client that cannot register itself gets an id by \`npx authmcp-gateway client add NAME --redirect-uri URI\`; one on a machine without a
browser by \`client add NAME --device\`: it shows a code, which the person types at \`/device\` in any browser. Programs that are connected
stand at \`/account/programs\`, where each can be withdrawn.

"Needs https": the client calls from its maker's cloud, so the gateway needs a public https address. "By trace": this client was not run
here; what is said of it comes from its documentation and from requests that others recorded.
`;

const WAYS: Readonly<Record<Way, string>> = {
  oauth: 'sign in',
  key: 'with a key',
  stdio: 'through a program',
};

const FENCES: Readonly<Record<Snippet['kind'], string>> = {
  shell: 'bash',
  json: 'json',
  toml: 'toml',
  link: 'text',
  address: 'text',
};

/** docs/clients.md. */
export function renderClientsDoc(clients: readonly ClientRow[]): string {
  return `${HEAD}
| client | how | needs https | tried |
|---|---|---|---|
${clients.map(renderOverview).join('\n')}

${clients.map(renderClient).join('\n\n')}
`;
}

function renderOverview({ title, snippets, needsPublicHttps, tried }: ClientRow): string {
  const ways = [...new Set(snippets.map(({ way }) => WAYS[way]))].join(', ');
  const version = tried === 'by trace' ? tried : tried.version;
  return `| [${title}](#${anchorOf(title)}) | ${ways} | ${needsPublicHttps ? 'yes' : 'no'} | ${version} |`;
}

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function renderClient(client: ClientRow): string {
  const { title, snippets, sees, quirks, tried } = client;
  const place = client.needsPublicHttps ? PUBLIC : HERE;
  return [
    `## ${title}`,
    ...snippets.map(snippet => renderSnippet(snippet, place)),
    `What you see: ${sees}`,
    quirks.map(({ of, says }) => `- ${says}${of === undefined ? '' : ` (${of})`}`).join('\n'),
    tried === 'by trace' ? 'By trace.' : `Tried with ${tried.version}: ${tried.how}.`,
  ].join('\n\n');
}

function renderSnippet({ way, kind, where, text }: Snippet, given: Place): string {
  // What is pasted into a page of somebody's cloud is a public address.
  const place = kind === 'address' ? PUBLIC : given;
  return `${where} (${WAYS[way]}):\n\n\`\`\`${FENCES[kind]}\n${text(place)}\n\`\`\``;
}
