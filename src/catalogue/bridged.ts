import {
  type Era,
  isObject,
  isObjectAt,
  type ListName,
  members,
  paramHeaders,
  rebuild,
} from '../mcp/index.ts';
import { type Definition, readDefinition } from './definition.ts';

/** Members of a tool that a 2026 client must not see: tasks of 2025 are not those of the extension. */
const ONLY_LEGACY: ReadonlySet<string> = new Set(['execution']);

const made = new WeakMap<Definition, Definition | undefined>();

/** For a client of 2026: without what only 2025 means, and not at all where a mirrored parameter breaks a rule. */
function toModern(tool: Definition): Definition | undefined {
  const value: unknown = JSON.parse(tool.bytes.toString('utf8'));
  if (!isObject(value) || paramHeaders(value.inputSchema) === 'invalid') return undefined;
  if (!Object.hasOwn(value, 'execution')) return tool;
  const stripped = readDefinition(
    'tools',
    rebuild(tool.bytes, members(tool.bytes), { without: ONLY_LEGACY }),
  );
  // How it runs at its server does not change by being shown otherwise.
  return stripped && { ...stripped, traits: tool.traits };
}

/** For a client of 2025: an output that is no object stands under `result`, as the answers do. */
function toLegacy(tool: Definition): Definition | undefined {
  const at = members(tool.bytes);
  const range = at.get('outputSchema');
  if (!isObjectAt(tool.bytes, range)) return tool;
  const schema: unknown = JSON.parse(tool.bytes.toString('utf8', range.start, range.end));
  if (isObject(schema) && schema.type === 'object') return tool;
  const inner = tool.bytes.toString('utf8', range.start, range.end);
  const outputSchema = `{"type":"object","properties":{"result":${inner}},"required":["result"]}`;
  return readDefinition('tools', rebuild(tool.bytes, at, { more: { outputSchema } }));
}

/** A definition of a server in the terms of a client of the other era; undefined when it cannot be shown there. */
export function bridged(list: ListName, definition: Definition, to: Era): Definition | undefined {
  if (list !== 'tools') return definition;
  if (!made.has(definition))
    made.set(definition, to === 'modern' ? toModern(definition) : toLegacy(definition));
  return made.get(definition);
}
