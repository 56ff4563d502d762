import {
  encodeHeaderValue,
  isObject,
  META,
  METHODS,
  type ParamHeader,
  type Params,
  paramHeaders,
  paramValue,
} from '../../mcp/index.ts';
import { type Leg, modernHeaders } from '../../upstream/index.ts';

const LIST_MS = 30_000;
const MAX_PAGES = 100;

/** What a message says of itself, where it is one of 2026-07-28. */
export function modernRevision(params: unknown): string | undefined {
  const meta = isObject(params) && isObject(params._meta) ? params._meta : {};
  const revision = meta[META.protocolVersion];
  return typeof revision === 'string' ? revision : undefined;
}

/**
 * The headers that HTTP wants of a message of 2026-07-28, which on standard input has none (streamable-http, "Standard
 * Request Headers" and "Custom Headers from Tool Parameters").
 */
export class NewHeaders {
  readonly #leg: Leg;
  readonly #tools = new Map<string, readonly ParamHeader[]>();

  constructor(leg: Leg) {
    this.#leg = leg;
  }

  of(method: string, params: Params, revision: string): Readonly<Record<string, string>> {
    const headers: Record<string, string> = { 'mcp-protocol-version': revision, 'mcp-method': method };
    const by = METHODS.get(method)?.by;
    const name = by === undefined || by === 'ref' ? undefined : params[by];
    if (typeof name === 'string') headers['mcp-name'] = encodeHeaderValue(name);
    const mirrored = method === 'tools/call' && typeof name === 'string' ? this.#tools.get(name) : undefined;
    for (const param of mirrored ?? []) {
      const value = paramValue(param, params.arguments);
      if (value !== undefined) headers[`mcp-param-${param.header.toLowerCase()}`] = encodeHeaderValue(value);
    }
    return headers;
  }

  /** Learns which parameters the listed tools mirror. */
  note(result: unknown): void {
    if (!isObject(result) || !Array.isArray(result.tools)) return;
    for (const tool of result.tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue;
      const found = paramHeaders(tool.inputSchema);
      if (found !== 'invalid' && found.length > 0) this.#tools.set(tool.name, found);
      else this.#tools.delete(tool.name);
    }
  }

  /** Lists the tools for a client that never did, or whose list is older than the tools. */
  async learn(meta: unknown): Promise<void> {
    const headers = modernHeaders('tools/list');
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page++) {
      const params = { _meta: meta, ...(cursor !== undefined && { cursor }) };
      const reply = await this.#leg.ask('tools/list', params, { headers, ms: LIST_MS });
      if (reply.kind !== 'result') return;
      this.note(reply.result);
      cursor = reply.result.nextCursor;
      if (cursor === undefined) return;
    }
  }
}
