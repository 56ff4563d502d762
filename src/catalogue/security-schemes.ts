import { isObjectAt, members, type Splice, splice } from '../mcp/index.ts';
import type { Definition } from './definition.ts';

const NAME = 'securitySchemes';

/** Right before the brace that closes the object. */
function before(end: number, text: string): Splice {
  return { start: end - 1, end: end - 1, text };
}

/**
 * The tool's bytes under `key`, with the scope that calling it takes, at its top and in `_meta`, where older versions of
 * that client look. What the server says itself, at either place, stays alone; nothing else of the text changes.
 */
export function withSchemes(definition: Definition, key: string, scope: string): Buffer {
  const { bytes, at } = definition;
  const named: Splice = { ...at, text: JSON.stringify(key) };
  const tool = members(bytes);
  const meta = tool.get('_meta');
  const inMeta = isObjectAt(bytes, meta) ? members(bytes, meta.start) : undefined;
  if (tool.has(NAME) || inMeta?.has(NAME)) return splice(bytes, [named]);
  const own = `"${NAME}":${JSON.stringify([{ type: 'oauth2', scopes: [scope] }])}`;
  const more = meta === undefined ? `${own},"_meta":{${own}}` : own;
  return splice(bytes, [
    named,
    ...(meta && inMeta ? [before(meta.end, inMeta.size === 0 ? own : `,${own}`)] : []),
    before(bytes.lastIndexOf('}') + 1, `,${more}`),
  ]);
}
