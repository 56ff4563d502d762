// What the official suite runs as "the client": it tells a running gateway of the suite's server, and then drives the
// gateway as a person with a program and a browser would. The suite sees nothing but the gateway.
import { createHash, randomBytes } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type Elicited, withDefaults } from './defaults.ts';
import { connectIn } from './person.ts';

const url = process.argv.at(-1) ?? '';
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const isModern = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION === '2026-07-28';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const { origin, adminKey, people } = JSON.parse(process.env.AUTHMCP_LEG ?? '{}');
const { token, cookie } =
  people[createHash('sha256').update(scenario).digest().readUInt32BE() % people.length];

const say = (...words: readonly unknown[]): void => {
  process.stderr.write(`${['[driver]', ...words].join(' ')}\n`);
};

/** How the gateway is to prove itself there: by what the suite registered beforehand, or as each person. */
function authOf(): object | undefined {
  if (scenario === 'auth/client-credentials-jwt')
    return {
      per: 'gateway',
      grant: 'client_credentials',
      clientId: context.client_id,
      privateKey: context.private_key_pem,
      privateKeyAlg: context.signing_algorithm ?? 'ES256',
    };
  if (scenario === 'auth/client-credentials-basic')
    return {
      per: 'gateway',
      grant: 'client_credentials',
      clientId: context.client_id,
      clientSecret: context.client_secret,
    };
  if (!scenario.startsWith('auth/')) return undefined;
  if (scenario !== 'auth/pre-registration') return { per: 'user' };
  return { per: 'user', clientId: context.client_id, clientSecret: context.client_secret };
}

/** By the admin API, as an operator would. */
async function addServer(): Promise<string> {
  const name = `s-${randomBytes(6).toString('hex')}`;
  const oauth = authOf();
  const response = await fetch(`${origin}/admin/api/mcp-servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, url, private: 'allow', timeout: 20, ...(oauth && { auth: { oauth } }) }),
  });
  if (response.status !== 201) throw new Error(`the server was not added: ${await response.text()}`);
  return name;
}

async function connectClient(server: string): Promise<Client> {
  const client = new Client(
    { name: 'driver', version: '1.0.0' },
    {
      capabilities: {
        elicitation: { form: { applyDefaults: true } },
        sampling: {},
        roots: { listChanged: true },
      },
      versionNegotiation: { mode: isModern ? 'auto' : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', async request => withDefaults(request.params as Elicited));
  const transport = new StreamableHTTPClientTransport(new URL(`${origin}/mcp/${server}`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  return client;
}

type Tool = {
  readonly name: string;
  readonly inputSchema?: { readonly properties?: Record<string, unknown> };
};

const list = async (client: Client): Promise<readonly Tool[]> =>
  (await client.listTools(undefined, { cacheMode: 'refresh' } as never)).tools as readonly Tool[];

/** A program shows its person whatever link an answer holds; the person opens it in the browser and comes back. */
let visits = 0;
async function called(client: Client, name: string, args: object): Promise<void> {
  for (;;) {
    const answer = await client
      .callTool({ name, arguments: args as Record<string, unknown> })
      .catch(error => ({ error: String(error), ...(error.data as object) }));
    const text = JSON.stringify(answer);
    const [link] = /http:\/\/localhost:\d+\/connect\/[\w.-]+/.exec(text) ?? [];
    if (link === undefined) return say(name, 'says', text.slice(0, 200));
    if (++visits > 3) throw new Error('asked to connect again and again');
    await connectIn({ origin, cookie }, link);
    if (name === 'connect') return;
  }
}

async function listed(client: Client): Promise<readonly Tool[]> {
  for (let tries = 0; tries < 100; tries++) {
    const tools = await list(client);
    if (tools.some(tool => tool.name === 'connect')) await called(client, 'connect', {});
    else if (tools.length > 0) return tools;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return [];
}

function argumentsFor({ name, inputSchema }: Tool, tools: readonly Tool[]): object {
  if (name === 'add_numbers') return { a: 5, b: 3 };
  if (name === 'json_schema_echo')
    return { schema: tools.find(tool => tool.name === 'json_schema_2020_12_tool')?.inputSchema };
  return inputSchema?.properties?.region ? { region: 'us-west1' } : {};
}

/** With the server go the gateway's connections to it: the suite waits for them to be closed. */
async function removeServer(name: string): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}` };
  await fetch(`${origin}/admin/api/mcp-servers/${name}`, { method: 'DELETE', headers });
}

async function drive(server: string): Promise<void> {
  const client = await connectClient(server);
  const tools = await listed(client);
  say('tools', tools.map(tool => tool.name).join());
  if (context.toolCalls)
    for (const call of context.toolCalls) await called(client, call.name, call.arguments);
  else for (const tool of tools) await called(client, tool.name, argumentsFor(tool, tools));
  if (scenario === 'http-standard-headers') {
    const { resources } = await client.listResources();
    if (resources[0]) await client.readResource({ uri: resources[0].uri });
    const { prompts } = await client.listPrompts();
    if (prompts[0]) await client.getPrompt({ name: prompts[0].name, arguments: {} });
  }
  await client.close();
}

const server = await addServer();
try {
  await drive(server);
  process.exitCode = 0;
} catch (error) {
  say(error);
  process.exitCode = 1;
} finally {
  await removeServer(server);
}
process.exit();
