import { isObject, META, type Params } from '../mcp/index.ts';

/** What a server said of itself, by `initialize` or `server/discover`. */
export type Hello = {
  readonly capabilities: Params;
  readonly instructions: string | undefined;
  readonly serverInfo: Params;
};

export function helloOf(result: Params): Hello {
  const meta = isObject(result._meta) ? result._meta : {};
  const info = result.serverInfo ?? meta[META.serverInfo];
  return {
    capabilities: isObject(result.capabilities) ? result.capabilities : {},
    instructions: typeof result.instructions === 'string' ? result.instructions : undefined,
    serverInfo: isObject(info) ? info : {},
  };
}
