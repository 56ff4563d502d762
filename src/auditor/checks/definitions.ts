import { findHidden, findInstructions } from '../../ledger/index.ts';
import { isObject, type Params } from '../../mcp/index.ts';
import { type Check, foundIf, type Outcome, skipped } from '../check.ts';
import type { Definitions, Subject } from '../subject.ts';

const POISONING = 'OWASP MCP03, Tool Poisoning';

const nameOf = ({ name, uri }: Params): string => String(name ?? uri ?? '');

/** Every text of a definition, with where it stands. */
function* textsIn(value: unknown, path: string): Iterable<readonly [string, string]> {
  if (typeof value === 'string') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    // Names and keys are read by models as well.
    yield [path, key];
    yield* textsIn(inner, path);
  }
}

function* allTexts({ tools, prompts, resources, instructions }: Definitions) {
  for (const tool of tools) yield* textsIn(tool, `tool ${nameOf(tool)}`);
  for (const prompt of prompts) yield* textsIn(prompt, `prompt ${nameOf(prompt)}`);
  for (const resource of resources) yield* textsIn(resource, `resource ${nameOf(resource)}`);
  yield ['the instructions', instructions] as const;
}

/** A check of every text that the server wrote for models. */
const inTexts =
  (find: (text: string) => readonly { readonly kind: string }[]) =>
  async (subject: Subject): Promise<Outcome> => {
    const evidence = new Set<string>();
    for (const [where, text] of allTexts(await subject.definitions()))
      for (const { kind } of find(text)) evidence.add(`${where}: ${kind}`);
    return foundIf([...evidence]);
  };

/** A check of each tool: what is wrong with it, or nothing. */
const ofTools =
  (look: (tool: Params, all: readonly Params[]) => string | undefined) =>
  async (subject: Subject): Promise<Outcome> => {
    const { tools } = await subject.definitions();
    if (tools.length === 0) return skipped('it has no tools');
    return foundIf(
      tools.flatMap(tool => {
        const wrong = look(tool, tools);
        return wrong === undefined ? [] : [`${nameOf(tool)}: ${wrong}`];
      }),
    );
  };

const annotationsOf = ({ annotations }: Params): Params => (isObject(annotations) ? annotations : {});

/** A name that is one letter away from another one. */
function isNear(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 5) return false;
  let [from, until] = [0, 0];
  const shorter = Math.min(a.length, b.length);
  while (from < shorter && a[from] === b[from]) from++;
  while (until < shorter - from && a[a.length - 1 - until] === b[b.length - 1 - until]) until++;
  // One letter more, less, or another one; numbers at the end are how families of tools are named.
  const differs = [a.slice(from, a.length - until), b.slice(from, b.length - until)];
  return differs.every(text => text.length <= 1 && !/[0-9]/.test(text));
}

const OTHER_TOOL =
  /\b(?:using|calling|use|call|invoking|instead of|replaces?)\s+(?:the\s+)?[`"']?([a-z]+(?:_[a-z0-9]+)+)/gi;

/** Another tool that a description speaks of, which this server does not have. */
function strangerIn({ description, inputSchema }: Params, all: readonly Params[]): string | undefined {
  const known = new Set(all.map(nameOf));
  const fields = isObject(inputSchema) && isObject(inputSchema.properties) ? inputSchema.properties : {};
  for (const [, name = ''] of String(description ?? '').matchAll(OTHER_TOOL))
    if (!known.has(name) && !Object.hasOwn(fields, name)) return name;
  return undefined;
}

function shadowOf(tool: Params, all: readonly Params[]): string | undefined {
  const name = nameOf(tool);
  if (all.filter(one => nameOf(one) === name).length > 1) return 'the name stands twice';
  const near = all.find(one => isNear(nameOf(one), name));
  if (near) return `its name is one letter away from ${nameOf(near)}`;
  const stranger = strangerIn(tool, all);
  return stranger && `speaks of ${stranger}, which is no tool of this server`;
}

/** Texts that somebody runs: where anything is taken, anything is run. */
const RUNS = /^(?:cmd|command|shell|script|code|eval|exec|sql|statement|expression)$/i;

function broadness({ inputSchema: schema }: Params): string | undefined {
  if (!isObject(schema) || schema.type !== 'object') return 'its arguments have no schema';
  const properties = isObject(schema.properties) ? schema.properties : {};
  const takesAnything =
    schema.additionalProperties === true || isObject(schema.additionalProperties) === false;
  if (Object.keys(properties).length === 0 && schema.additionalProperties === true && takesAnything)
    return 'takes any arguments';
  for (const [name, field] of Object.entries(properties)) {
    if (!RUNS.test(name) || !isObject(field) || field.type !== 'string') continue;
    if (!('enum' in field || 'const' in field || 'pattern' in field || 'maxLength' in field))
      return `${name} takes any text`;
  }
  return undefined;
}

const CHANGES =
  /(?:^|[_\-.])(?:delete|remove|drop|destroy|write|update|create|insert|send|post|put|patch|execute|exec|run|kill|purge|reset|set|move|rename|upload|pay|transfer|revoke|grant)(?:$|[_\-.])/i;

const words = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/** What the server writes for models to read. */
export const DEFINITION_CHECKS: readonly Check[] = [
  {
    id: 'hidden-characters',
    area: 'definitions',
    severity: 'high',
    title: 'Definitions hold what nobody sees',
    why: 'A model reads characters that a person is not shown: what was agreed to is not what is there.',
    fix: 'Take out invisible and direction-changing characters.',
    reference: POISONING,
    look: inTexts(findHidden),
  },
  {
    id: 'instructions-to-the-model',
    area: 'definitions',
    severity: 'high',
    title: 'Definitions talk to the model',
    why: 'A description that gives orders steers what the model does with other tools and data.',
    fix: 'Say what the tool does and what its arguments mean, and nothing else.',
    reference: POISONING,
    look: inTexts(findInstructions),
  },
  {
    id: 'shadowing-names',
    area: 'definitions',
    severity: 'medium',
    title: 'A tool stands in the way of another one',
    why: 'Names that are alike, and descriptions that speak of tools of other servers, draw calls to the wrong place.',
    fix: 'Give each tool a name of its own, and let it describe itself alone.',
    reference: 'OWASP MCP03, Tool Shadowing',
    look: ofTools(shadowOf),
  },
  {
    id: 'broad-schemas',
    area: 'definitions',
    severity: 'medium',
    title: 'Arguments are hardly bounded',
    why: 'What takes any text, and runs it, does whatever a model was talked into.',
    fix: 'Describe each argument; bound commands, code and queries by enum, pattern or length.',
    reference: 'MCP server/tools, "Security Considerations"; CWE-20',
    look: ofTools(broadness),
  },
  {
    id: 'no-annotations',
    area: 'definitions',
    severity: 'low',
    title: 'Tools do not say whether they change anything',
    why: 'Clients and gateways must take them for destructive, and ask people too often.',
    fix: 'Give each tool readOnlyHint, and destructiveHint where it changes something.',
    reference: 'MCP server/tools, "Tool annotations"',
    look: ofTools(tool => {
      const { readOnlyHint, destructiveHint } = annotationsOf(tool);
      const isSaid = typeof readOnlyHint === 'boolean' || typeof destructiveHint === 'boolean';
      return isSaid ? undefined : 'neither readOnlyHint nor destructiveHint';
    }),
  },
  {
    id: 'lying-annotations',
    area: 'definitions',
    severity: 'high',
    title: 'A tool that changes something says that it only reads',
    why: 'What is read-only is called without asking, and sent again when an answer was lost.',
    fix: 'Set readOnlyHint to false.',
    reference: 'MCP server/tools, "Tool annotations"',
    look: ofTools(tool =>
      annotationsOf(tool).readOnlyHint === true && CHANGES.test(words(nameOf(tool)))
        ? 'readOnlyHint is true'
        : undefined,
    ),
  },
];
