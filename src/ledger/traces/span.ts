/** One span as it is exported. Times in milliseconds since the epoch, with fractions. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly kind: 'server' | 'client';
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attributes: Attributes;
  readonly isError: boolean;
};

/** What is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const MOST_TEXT = 256;

/** Of URIs what stands behind `?` and `#` may be anybody's secret. */
const withoutQuery = (uri: string) => uri.replace(/[?#].*$/s, '');

type Target = { readonly method: string; readonly target: string | undefined };

/** What the request is about, in the words of the semantic conventions for MCP (OpenTelemetry GenAI, `mcp.md`). */
export function targetAttributes({ method, target }: Target): Attributes {
  const shared = { 'mcp.method.name': method };
  if (target === undefined) return shared;
  const cut = target.slice(0, MOST_TEXT);
  if (method === 'tools/call')
    return { ...shared, 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': cut };
  if (method === 'prompts/get') return { ...shared, 'gen_ai.prompt.name': cut };
  return method.startsWith('resources/') ? { ...shared, 'mcp.resource.uri': withoutQuery(cut) } : shared;
}

/** `{mcp.method.name} {target}`, where the target is a name of few: a URI is not. */
export function nameOf({ method, target }: Target): string {
  const isNamed = target !== undefined && (method === 'tools/call' || method === 'prompts/get');
  return isNamed ? `${method} ${target.slice(0, MOST_TEXT)}` : method;
}
