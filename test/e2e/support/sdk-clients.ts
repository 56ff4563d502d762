import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { runToEnd } from '../../support/processes.ts';
import { type Ask, askSdk } from './tour.ts';

export type To = { readonly url: string; readonly token?: string };
export type Connected = { readonly ask: Ask; readonly close: () => Promise<unknown> };

const CAPABILITIES = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } };
const SAMPLED = {
  model: 'none',
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'sampled words' },
};
const ROOTS = { roots: [{ uri: 'file:///tmp/root', name: 'root' }] };
const ANSWERS = { name: 'Ada', check: true, response: 'words', username: 'ada', email: 'ada@example.org' };
const info = { name: 'sdk-client', version: '1.0.0' };

const requestInit = ({ token }: To) =>
  token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } };

/** The official client v2, which may be asked anything and answers. */
export async function connectV2(to: To, mode: 'auto' | 'legacy'): Promise<Connected> {
  const client = new ClientV2(info, { capabilities: CAPABILITIES, versionNegotiation: { mode } });
  client.setRequestHandler('sampling/createMessage', async () => SAMPLED);
  client.setRequestHandler('roots/list', async () => ROOTS);
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept' as const,
    content: ANSWERS,
  }));
  await client.connect(new TransportV2(new URL(to.url), requestInit(to)));
  return { ask: askSdk(client), close: () => client.close() };
}

/** The official client v1, which may be asked anything and answers. */
export async function connectV1(to: To): Promise<Connected> {
  const client = new ClientV1(info, { capabilities: CAPABILITIES });
  client.setRequestHandler(CreateMessageRequestSchema, async () => SAMPLED);
  client.setRequestHandler(ListRootsRequestSchema, async () => ROOTS);
  client.setRequestHandler(ElicitRequestSchema, async () => ({
    action: 'accept' as const,
    content: ANSWERS,
  }));
  await client.connect(
    new TransportV1(new URL(to.url), requestInit(to)) as Parameters<ClientV1['connect']>[0],
  );
  return { ask: askSdk(client), close: () => client.close() };
}

/** curl as a client of either era; it keeps no session and can be asked nothing. */
export function curl({ url, token }: To, era: 'legacy' | 'modern'): Ask {
  return async (method, params) => {
    const headers = [
      'content-type: application/json',
      ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ];
    let sent = params;
    if (era === 'modern') {
      const named = params.name ?? params.uri;
      headers.push('mcp-protocol-version: 2026-07-28', `mcp-method: ${method}`);
      headers.push('accept: application/json, text/event-stream');
      if (typeof named === 'string') headers.push(`mcp-name: ${named}`);
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      sent = { ...params, _meta };
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: sent });
    const args = ['-s', url, ...headers.flatMap(line => ['-H', line]), '-d', body];
    const { stdout } = await runToEnd('curl', args);
    const [, data] = /^data: (.*)$/m.exec(stdout) ?? [];
    const message = JSON.parse(stdout.startsWith('{') ? stdout : (data ?? stdout));
    if (message.error) throw new Error(`${message.error.code} ${message.error.message}`);
    return message.result;
  };
}
