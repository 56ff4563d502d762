/** One request of any client, of which the result counts; throws what the client throws. */
export type Ask = (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** What came of everything that a server offers: by name, as text in which what differs each time is masked. */
export type Tour = Readonly<
  Record<'tools' | 'resources' | 'templates' | 'prompts', Readonly<Record<string, string>>>
>;

type Listed = {
  readonly name: string;
  readonly inputSchema?: unknown;
  readonly arguments?: readonly Listed[];
};
type ListedResource = { readonly uri: string; readonly uriTemplate: string };

/** Arguments that the schema of a tool does not tell. */
const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'gzip-file-as-resource': { name: 'x.gz', data: 'data:text/plain,hello', outputType: 'resource' },
  'trigger-long-running-operation': { duration: 0.1, steps: 2 },
  'get-structured-content': { location: 'New York' },
  'get-resource-reference': { resourceType: 'Text', resourceId: 1 },
  'get-annotated-message': { messageType: 'success', includeImage: true },
};

const VOLATILE =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,27}|\d{4}-\d\d-\d\dT[\d:.]+Z|\d{1,2}:\d\d:\d\d( [AP]M)?|"requestState":"[^"]+"|UmVzb3VyY2UgM[\w+/=]+/g;
const masked = (value: unknown) => JSON.stringify(value).replace(VOLATILE, '*');

/** Lists everything behind a prefix and calls, reads, gets and completes each once. */
export async function tour(ask: Ask, prefix = ''): Promise<Tour> {
  const outcome = async (method: string, params: Readonly<Record<string, unknown>>) => {
    try {
      return masked(await ask(method, params));
    } catch (error) {
      return `failed: ${error instanceof Error ? error.message : String(error)}`
        .replaceAll(prefix, '')
        .replace(VOLATILE, '*');
    }
  };
  const list = async <T>(method: string, member: string): Promise<readonly T[]> => {
    const all: T[] = [];
    let cursor: unknown;
    do {
      const page = (await ask(method, cursor === undefined ? {} : { cursor })) as Record<string, unknown>;
      all.push(...(page[member] as T[]));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return all;
  };
  const tools: Record<string, string> = {};
  for (const tool of await list<Listed>('tools/list', 'tools')) {
    if (!tool.name.startsWith(prefix)) continue;
    const own = tool.name.slice(prefix.length);
    const args = ARGUMENTS[own] ?? argumentsFor(tool.inputSchema);
    tools[own] = await outcome('tools/call', { name: tool.name, arguments: args });
  }
  const resources: Record<string, string> = {};
  for (const { uri } of await list<ListedResource>('resources/list', 'resources'))
    resources[uri] = await outcome('resources/read', { uri });
  const templates: Record<string, string> = {};
  for (const { uriTemplate } of await list<ListedResource>('resources/templates/list', 'resourceTemplates')) {
    const read = await outcome('resources/read', { uri: uriTemplate.replaceAll(/\{[^}]*\}/g, '1') });
    const [, name = ''] = /\{\+?([^}]*)\}/.exec(uriTemplate) ?? [];
    const ref = { type: 'ref/resource', uri: uriTemplate };
    templates[uriTemplate] =
      read + (await outcome('completion/complete', { ref, argument: { name, value: '1' } }));
  }
  const prompts: Record<string, string> = {};
  for (const prompt of await list<Listed>('prompts/list', 'prompts')) {
    if (!prompt.name.startsWith(prefix)) continue;
    const args = Object.fromEntries((prompt.arguments ?? []).map(({ name }) => [name, VALUES[name] ?? '1']));
    let text = await outcome('prompts/get', { name: prompt.name, arguments: args });
    for (const { name } of prompt.arguments ?? []) {
      const ref = { type: 'ref/prompt', name: prompt.name };
      text += await outcome('completion/complete', { ref, argument: { name, value: '' } });
    }
    prompts[prompt.name.slice(prefix.length)] = text;
  }
  return { tools, resources, templates, prompts };
}

const VALUES: Readonly<Record<string, string>> = {
  department: 'Engineering',
  name: 'Alice',
  resourceType: 'Text',
  resourceId: '1',
  resourceUri: 'test://static-text',
};

type Schema = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};

/** The least that a schema accepts. */
function argumentsFor(schema: unknown): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = (schema ?? {}) as Schema;
  return Object.fromEntries(required.map(name => [name, valueFor(properties[name] ?? {})]));
}

function valueFor(schema: Schema): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'object') return argumentsFor(schema);
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return true;
  return schema.type === 'number' || schema.type === 'integer' ? 2 : 'words';
}

/** What both SDKs call their requests. */
export type Sdk = {
  listTools(params: object): Promise<unknown>;
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  listResources(params: object): Promise<unknown>;
  readResource(params: { uri: string }): Promise<unknown>;
  listResourceTemplates(params: object): Promise<unknown>;
  listPrompts(params: object): Promise<unknown>;
  getPrompt(params: { name: string }): Promise<unknown>;
  complete(params: never): Promise<unknown>;
};

/** An SDK's client, by the methods of the protocol. */
export function askSdk(client: Sdk): Ask {
  const by: Readonly<Record<string, (params: never) => Promise<unknown>>> = {
    'tools/list': params => client.listTools(params),
    'tools/call': params => client.callTool(params),
    'resources/list': params => client.listResources(params),
    'resources/read': params => client.readResource(params),
    'resources/templates/list': params => client.listResourceTemplates(params),
    'prompts/list': params => client.listPrompts(params),
    'prompts/get': params => client.getPrompt(params),
    'completion/complete': params => client.complete(params),
  };
  return async (method, params) => by[method]?.(params as never);
}
