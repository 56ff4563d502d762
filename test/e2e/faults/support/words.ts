/** What a good server says. */
export type Message = {
  readonly id?: string | number;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: {
    readonly name?: string;
    readonly requestId?: unknown;
    readonly protocolVersion?: string;
    readonly requestState?: string;
    readonly arguments?: { readonly mark?: string };
    readonly _meta?: { readonly progressToken?: string | number };
  };
};

export const say = (message: object): string => JSON.stringify({ jsonrpc: '2.0', ...message });

/** The id stands first, so that half an answer has it. */
export const answer = (id: unknown, mark: string, isModern = false): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    result: { ...(isModern && { resultType: 'complete' }), content: [{ type: 'text', text: `<${mark}>` }] },
  });

const schema = { type: 'object', properties: { word: { type: 'string' } } };
export const QUESTION = {
  method: 'elicitation/create',
  params: { message: 'Which word?', requestedSchema: schema },
};

export const isQuestionAnswered = ({ method, id }: Message): boolean =>
  method === undefined && id !== undefined;

const capabilities = { tools: { listChanged: true } };
const serverInfo = { name: 'faulty', version: '1' };

export function plainResult({ method, params }: Message, isModern: boolean, changes: number): object {
  const hints = isModern ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } : {};
  const names = ['do', 'ask', ...(changes % 2 === 1 ? ['more'] : [])];
  const results: Readonly<Record<string, object>> = {
    initialize: { protocolVersion: params?.protocolVersion, capabilities, serverInfo },
    'server/discover': {
      ...hints,
      supportedVersions: ['2026-07-28'],
      capabilities,
      _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
    },
    'tools/list': { ...hints, tools: names.map(name => ({ name, inputSchema: { type: 'object' } })) },
    ping: {},
  };
  const result = results[method ?? ''];
  return result ? { result } : { error: { code: -32601, message: 'Method not found' } };
}
